// What no parser may take for data: BMDB's own failures with status 200, and garbage.

import * as fc from "fast-check";
import { captured, whyNot } from "./captured";
import { allParsers, htmlParsers, jsonParsers } from "./parsers";

const notFoundLeader =
  "<h2>Not found (yb/master/master-path-handlers.cc:1873): Unable to locate leader master to redirect this request: /api/v1/tablet-servers</h2>";
const unreachableLeader =
  'Error retrieving leader master URL: <a href="http://10.0.0.1:10000/?raw">http://10.0.0.1:10000/?raw</a><br> Error: Network error (curl_util.cc:58): Couldn\'t connect to server.<br>';

const badAnswers: readonly [string, string, RegExp][] = [
  ["no leader known", notFoundLeader, /knows no leader: .*Unable to locate leader master/],
  ["no leader known, renamed", notFoundLeader.replace("leader master", "leader mserver"), /knows no leader/],
  ["leader unreachable", unreachableLeader, /could not fetch the leader's page/],
  [
    "leader unreachable, after a page header",
    `<html><body>\n${unreachableLeader}`,
    /could not fetch the leader's page/,
  ],
  ["an error without its closing brace", '{"error":"Not found (x.cc:1): no leader"', /error: .*no leader/],
  ["an error", '{"error":"Illegal state (x.cc:1): catalog not loaded"}', /error: .*Illegal state/],
  ["a capital error", '{"Error":"Timed out"}', /error: .*Timed out/],
  ["a nested error", '{"error":{"code":"UNKNOWN"}}', /error: .*UNKNOWN/],
  ["no such page", captured("is-leader-404.txt"), /no such page|no_such_page/],
  ["no handler", "No handler for URI /api/v1/x", /no such page/],
  ["a warning", '<div class="alert alert-warning">Illegal state: not ready</div>', /warning instead of data/],
  ["a bare status", "Service unavailable (x.cc:12): Catalog manager is not initialized", /answered with an error/],
  ["nothing", "", /empty|begin/],
  ["blanks", " \r\n\t ", /empty|begin/],
];

describe.each(allParsers.filter(([name]) => name !== "parseIsLeader" && name !== "parseHostFacts"))(
  "%s",
  (_name, parse) => {
    it.each(badAnswers)("refuses an answer that is %s, and says so", (_what, body, expected) => {
      expect(whyNot(parse(body))).toMatch(expected);
    });
  },
);

describe.each(allParsers)("%s", (_name, parse) => {
  it("never takes random text for data, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.lorem()), (body) => {
        expect(parse(body).ok).toBe(false);
      }),
    );
  });

  it("never throws on JSON of any shape", () => {
    fc.assert(fc.property(fc.json(), (body) => void parse(body)));
  });

  it.each([
    ["deep arrays", "[".repeat(200_000)],
    ["deep closed arrays", `${"[".repeat(50_000)}${"]".repeat(50_000)}`],
    ["a deep error", `{"error":${"[".repeat(50_000)}${"]".repeat(50_000)}}`],
    ["many open tags", "<".repeat(200_000)],
    ["many open tables", "<table><tr><td>".repeat(20_000)],
    ["a long line", "-".repeat(1_000_000)],
    ["NUL characters", "\0".repeat(10_000)],
  ])("answers at once to %s", (_what, body) => {
    const before = process.hrtime.bigint();
    expect(parse(body).ok).toBe(false);
    expect(Number(process.hrtime.bigint() - before) / 1e6).toBeLessThan(3_000);
  });

  it("says why in one short line without control characters", () => {
    const why = whyNot(parse(`oh \x1b[31mno\u202e\r\n${"long ".repeat(1_000)}`));
    expect(why).toMatch(/^[^\x00-\x1f\x7f\u202e]{3,300}$/);
  });
});

const pages: Record<string, string> = {
  parseMServers: "masters.json",
  parseDBServers: "tablet-servers.json",
  parseHealthCheck: "health-check-dead-node.json",
  parseProcessVersion: "version.json",
  parseFlagsJson: "varz.json",
  parseClusterConfig: "cluster-config-xcluster-consumer.json",
  parseTileReplicationPage: "tablet-replication-none.html",
};

describe.each([...jsonParsers, ...htmlParsers].filter(([name]) => name in pages))("%s", (name, parse) => {
  const body = captured(pages[name] ?? "").trim();

  it("reads the captured answer whole", () => {
    expect(parse(body).ok).toBe(true);
  });

  it("refuses it cut off anywhere", () => {
    const end = body.endsWith("}") ? body.length - 1 : body.lastIndexOf("</table>") + "</table".length;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: end }), (length) => {
        expect(parse(body.slice(0, length)).ok).toBe(false);
      }),
    );
  });

  it("never throws when a part of it is damaged", () => {
    fc.assert(
      fc.property(fc.nat(body.length), fc.nat(40), fc.string(), (at, length, instead) => {
        parse(body.slice(0, at) + instead + body.slice(at + length));
      }),
    );
  });
});
