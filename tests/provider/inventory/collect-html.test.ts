// A release without JSON: what its HTML pages and its hosts tell, and what stays not known.

import { gates } from "../../../provider/gates";
import type { HostView } from "../../../provider/inventory/collect-host";
import { type CollectOptions, collectInventory } from "../../../provider/inventory/collect-inventory";
import type { DesiredNode, Role } from "../../../provider/model/desired";
import { isFromSsh } from "../../../provider/model/fact";
import type { HttpAnswer } from "../../../provider/ports";
import { buildDesired, buildRunning, known, unknown } from "../../support/build-cluster";
import { type Answers, answering, buildPages, dbserverUrl, mserverUrl, pagesOf } from "../../support/cluster-pages";
import { buildHtmlPages, type HtmlShape } from "../../support/html-pages";
import { createVirtualClock } from "../../support/virtual-clock";

const desired = buildDesired();
const nodeOf = (name: string): DesiredNode => {
  const node = desired.nodes.find((each) => each.name === name);
  if (node === undefined) throw new Error(`no node ${name}`);
  return node;
};
const onMServer = (name: string, path: string) => mserverUrl(nodeOf(name), path);
const onDBServer = (name: string, path: string) => dbserverUrl(nodeOf(name), path);
const everyMServer = (path: string) => desired.nodes.map((node) => mserverUrl(node, path));

const viewOf = (running: (role: Role) => HostView["running"][Role]): HostView => ({
  running: { mserver: running("mserver"), dbserver: running("dbserver") },
  lastActVersion: { mserver: known(null), dbserver: known(null) },
  staged: known({ dir: "/r", version: "2.18.0.0-b1", hasBinaries: true }),
  host: { facts: unknown(), clock: unknown(), details: unknown(), actsUnderWay: unknown() },
});
const healthyHost = viewOf((role) => known(buildRunning(role, "2.16.0.0-b1")));

interface World extends Partial<CollectOptions> {
  readonly html?: HtmlShape;
  readonly edit?: (answers: Answers) => void;
  readonly host?: (name: string) => HostView;
}

async function collect({ html, edit, host = () => healthyHost, ...more }: World = {}) {
  const answers = buildHtmlPages(desired, html);
  edit?.(answers);
  const pages = pagesOf(answers);
  const hostsAsked: string[] = [];
  const inventory = await collectInventory({
    desired,
    asking: { pages, clock: createVirtualClock(5_000), timeoutMs: 1_000 },
    readHost: async (node) => {
      hostsAsked.push(node.name);
      return host(node.name);
    },
    hosts: "none",
    ...more,
  });
  return { inventory, pages, hostsAsked: hostsAsked.sort() };
}

test("everything is known from HTML and ssh, except how far replicas lag", async () => {
  const { inventory } = await collect();
  expect(inventory).toMatchObject({
    mservers: { known: true },
    dbservers: { known: true },
    tilesUnderReplicated: { known: true, value: [] },
    tilesLeaderless: { known: true, value: [] },
    config: { known: true, value: { clusterUuid: "c-1", configVersion: 3, replicationFactor: 3 } },
    replicationFactor: { known: true, value: 3 },
    heartbeatIntervalMs: { known: true, value: 1_000 },
    balancerRestMs: { known: true, value: 120_000 },
    aliveForMs: { known: true, value: 60_000 },
    bsqlEnabled: { known: true, value: true },
    leader: { known: true, value: { uuid: "1".repeat(32) } },
  });
  for (const facts of inventory.processes) {
    expect(facts.isAnswering).toMatchObject({ known: true, value: true });
    expect(facts.version).toMatchObject({ known: true, value: "2.16.0.0-b1" });
    expect(isFromSsh(facts.version)).toBe(true);
    expect(facts.followerLagMsMax.known).toBe(false);
  }
});

describe("MServers", () => {
  test("are matched with the declared nodes by host and web port", async () => {
    const { inventory } = await collect({ html: { uptime: "0:01:10" } });
    expect(inventory.mservers).toMatchObject({
      value: [
        { host: "10.0.0.1", rpcPort: 11_000, httpPort: 10_000, role: "LEADER", uptimeSec: 70, startTimeUs: undefined },
        { host: "10.0.0.2", rpcPort: 11_000, role: "FOLLOWER", error: undefined },
        { host: "10.0.0.3" },
      ],
    });
  });

  test("that cannot be asked are matched by their RPC port", async () => {
    const row =
      "<tr><td>10.0.0.2:11000</td> <td>UNKNOWN_ROLE</td> <td colspan=2><b>ERROR: Network error: peer ([10.0.0.2:11000])</b></td></tr>";
    const { inventory } = await collect({
      edit: (answers) =>
        editPage(answers, "/masters", (html) => html.replace(/<tr><td><a href="http:\/\/10.0.0.2.*?<\/tr>/, row)),
    });
    const entry = inventory.mservers.known ? inventory.mservers.value[1] : undefined;
    expect(entry).toMatchObject({ host: "10.0.0.2", rpcPort: 11_000, role: undefined });
    expect(entry?.error).toContain("Network error");
  });

  test("that are not declared stay in the list, under the port that the page tells", async () => {
    const { inventory } = await collect({
      edit: (answers) => editPage(answers, "/masters", (html) => html.replaceAll("10.0.0.3:10000", "10.0.0.9:10000")),
    });
    expect(inventory.mservers).toMatchObject({
      value: [{}, {}, { host: "10.0.0.9", rpcPort: undefined, httpPort: 10_000 }],
    });
  });

  test("are not known when one of them is not named", async () => {
    const { inventory } = await collect({
      edit: (answers) =>
        editPage(answers, "/masters", (html) =>
          html.replace("</table>", "<tr><td colspan=4>ERROR: Timed out</td></tr></table>"),
        ),
    });
    expect(inventory.mservers).toMatchObject({ known: false, why: expect.stringContaining("does not name") });
  });

  test("are found on the overview where they have no page of their own", async () => {
    const { inventory } = await collect({
      edit: (answers) => {
        for (const url of everyMServer("/")) answers.set(url, answers.get(`${url}masters`) ?? { kind: "refused" });
        for (const url of everyMServer("/masters")) answers.delete(url);
      },
    });
    expect(inventory.mservers).toMatchObject({ known: true, from: onMServer("db1", "/") });
  });

  test("are asked with the leader first, which the table of roles tells", async () => {
    const { inventory, pages } = await collect({ html: { leader: "db3" } });
    expect(inventory.dbservers.from).toBe(onMServer("db3", "/tile-servers"));
    expect(pages.asked).not.toContain(onMServer("db1", "/tile-servers"));
  });
});

describe("the fallback", () => {
  test.each<[string, HttpAnswer]>([
    ["is late", { kind: "timeout", afterMs: 1_000 }],
    ["closes", { kind: "closed" }],
    ["fails", answering("oops", 500)],
    ["shows an error", answering("<h2>Not found (x.cc:1): Unable to locate leader master</h2>")],
  ])("does not come for JSON that %s", async (_how, answer) => {
    const { inventory } = await collect({
      edit: (answers) => {
        for (const url of everyMServer("/api/v1/cluster-config")) answers.set(url, answer);
      },
    });
    expect(inventory.config.known).toBe(false);
  });

  test.each<[string, HttpAnswer]>([
    ["404", answering("nothing here", 404)],
    ["a web page", answering("<!DOCTYPE html><html><body>Welcome</body></html>")],
    ["the words of a missing page", answering("Error 404: Not Found\nFile not found")],
  ])("comes when the answer is %s", async (_how, answer) => {
    const { inventory } = await collect({
      edit: (answers) => {
        for (const url of everyMServer("/api/v1/cluster-config")) answers.set(url, answer);
      },
    });
    expect(inventory.config).toMatchObject({ known: true, from: onMServer("db1", "/cluster-config") });
  });

  test("tells why the HTML page was of no use, or that there is neither", async () => {
    const useless = await collect({
      edit: (answers) => editPage(answers, "/tile-servers", () => "<h1>Busy</h1>"),
    });
    expect(useless.inventory.dbservers).toMatchObject({ known: false, why: expect.stringContaining("no table") });
    const neither = await collect({
      edit: (answers) => {
        for (const url of everyMServer("/tile-servers")) answers.delete(url);
      },
    });
    expect(neither.inventory.dbservers).toMatchObject({ known: false, why: "there is no such page" });
  });

  test("names tiles without a leader and with too few replicas", async () => {
    const row = (id: string) => `<tr><td>t</td><td>aa</td><td>${id}</td></tr></table>`;
    const { inventory } = await collect({
      edit: (answers) =>
        editPage(answers, "/tablet-replication", (html) => {
          const [first, second] = html.split("</table>");
          return `${first}${row("t1")}${second}${row("t2")}`;
        }),
    });
    expect(inventory.tilesLeaderless).toMatchObject({ value: ["t1"] });
    expect(inventory.tilesUnderReplicated).toMatchObject({ value: ["t2"] });
  });
});

describe("hosts", () => {
  test("are all asked in every poll, because nothing else tells a version", async () => {
    for (const hosts of ["none", ["db2"], "all"] as const)
      expect((await collect({ hosts })).hostsAsked).toEqual(["db1", "db2", "db3"]);
  });

  test("are left alone where the release has the page, as light polls are light", async () => {
    const json = buildPages(desired);
    const { hostsAsked } = await collect({
      edit: (answers) => {
        for (const [url, answer] of json) answers.set(url, answer);
      },
    });
    expect(hostsAsked).toEqual([]);
  });

  test("are asked only for the processes that have no such page, while a cluster is half upgraded", async () => {
    const { inventory, hostsAsked } = await collect({
      edit: (answers) => {
        const page = answering({ version_number: "2.18.0.0", build_number: "1" });
        for (const name of ["db1", "db3"]) {
          answers.set(onMServer(name, "/api/v1/version"), page);
          answers.set(onDBServer(name, "/api/v1/version"), page);
        }
      },
    });
    expect(hostsAsked).toEqual(["db2"]);
    expect(inventory.hosts.map((host) => host.node)).toEqual(["db2"]);
    expect(inventory.processes.map((facts) => (facts.version.known ? facts.version.value : ""))).toEqual([
      ...["2.18.0.0-b1", "2.16.0.0-b1", "2.18.0.0-b1"],
      ...["2.18.0.0-b1", "2.16.0.0-b1", "2.18.0.0-b1"],
    ]);
  });

  test.each<[string, HostView, string]>([
    ["cannot be reached", viewOf(() => unknown("db2 does not answer")), "does not show it (db2 does not answer)"],
    ["shows no such process", viewOf(() => known(null)), "there is no such process on its host"],
    [
      "shows a binary outside of any release",
      viewOf((role) => known(buildRunning(role, "2.16.0.0-b1", { releaseVersion: undefined }))),
      "does not belong to a release that tells one",
    ],
  ])("one that %s leaves the versions of its processes not known", async (_what, db2, why) => {
    const { inventory } = await collect({ host: (name) => (name === "db2" ? db2 : healthyHost) });
    for (const { id, version } of inventory.processes) {
      expect([id.node, version.known]).toEqual([id.node, id.node !== "db2"]);
      if (!version.known) expect(version.why).toContain(why);
    }
  });

  test("one that must not be trusted ends the reading, though its page was slower", async () => {
    const wrongKey = new Error("HostKeyChanged");
    const reading = collect({ hosts: "all", readHost: async () => Promise.reject(wrongKey) });
    await expect(reading).rejects.toBe(wrongKey);
  });
});

test("promotion waits while one host does not show what runs on it", async () => {
  const gate = gates.find((each) => each.id === "autoflags_need_one_version");
  const newHost = viewOf((role) => known(buildRunning(role, "2.18.0.0-b1")));
  const ask = async (db2: HostView) => {
    const { inventory } = await collect({ host: (name) => (name === "db2" ? db2 : newHost) });
    return gate?.ask({
      desired,
      inventory,
      step: { kind: "promote_auto_flags" },
      candidate: undefined,
      toBeStarted: [],
    });
  };
  expect(await ask(newHost)).toEqual({ kind: "open" });
  expect(await ask(viewOf(() => unknown("db2 does not answer")))).toEqual({
    kind: "wait",
    reason:
      "the version of MServer db2 is not known: it has no page that tells it, and its host does not show it (db2 does not answer).",
  });
});

test("a DBServer that is down is down, with or without JSON", async () => {
  const { inventory } = await collect({
    edit: (answers) => answers.set(onDBServer("db2", "/api/v1/version"), { kind: "refused" }),
  });
  const facts = inventory.processes.find((each) => each.id.node === "db2" && each.id.role === "dbserver");
  expect(facts).toMatchObject({ isAnswering: { known: true, value: false }, version: { known: false } });
});

function editPage(answers: Answers, path: string, edit: (html: string) => string): void {
  for (const url of everyMServer(path)) {
    const answer = answers.get(url);
    if (answer?.kind === "answer") answers.set(url, answering(edit(answer.body)));
  }
}
