// The sandbox's documents have the fields that captured answers of real servers have: a parser that reads the one reads the other.

import * as fs from "node:fs";
import * as path from "node:path";
import { RealCluster } from "./real-cluster";

const cluster = new RealCluster(4);
let leader = "";

beforeAll(async () => {
  await cluster.startAll("2.18.0.0");
  leader = (await cluster.findLeader()) ?? "";
});
afterAll(() => cluster.stopAll());

const captured = (name: string): unknown =>
  JSON.parse(fs.readFileSync(path.join(__dirname, "../../fixtures/captured", name), "utf8"));

/** Every field with the type of its value, e.g. `masters[].role: string`; host names as keys become `*`. */
function listFields(value: unknown, at = ""): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((entry) => listFields(entry, `${at}[]`)))];
  if (typeof value !== "object" || value === null) return [`${at}: ${typeof value}`];
  const fields = Object.entries(value).flatMap(([key, entry]) =>
    listFields(entry, `${at}.${/[:]/.test(key) ? "*" : key}`),
  );
  return [...new Set(fields)];
}

describe("the fields of", () => {
  test.each([
    ["masters.json", "/api/v1/masters"],
    ["tablet-servers.json", "/api/v1/tile-servers"],
    ["health-check-clean.json", "/api/v1/health-check"],
    ["version.json", "/api/v1/version"],
    ["varz.json", "/api/v1/varz"],
    ["is-leader-ok.json", "/api/v1/is-leader"],
  ])("%s are those of %s", async (name, uri) => {
    const own = listFields(await cluster.json(leader, "mserver", uri));
    expect(own).toEqual(expect.arrayContaining(listFields(captured(name))));
  });

  test("cluster-config-xcluster-consumer.json are those of /api/v1/cluster-config of a target", async () => {
    const { stdout } = await cluster.admin("2.18.0.0", "list_tables", "include_table_id");
    const [, table = ""] = /^bigmath\.orders (\w+)$/m.exec(stdout) ?? [];
    // Nothing keeps a cluster from being its own source, and for a document's shape one cluster is enough.
    const done = await cluster.admin("2.18.0.0", "setup_universe_replication", "g1", cluster.mservers, table);
    expect(done).toEqual({ code: 0, stdout: "Replication setup successfully\n", stderr: "" });
    const own = listFields(await cluster.json(leader, "mserver", "/api/v1/cluster-config"));
    const expected = listFields(captured("cluster-config-xcluster-consumer.json"));
    expect(own).toEqual(expect.arrayContaining(expected));
    expect(expected).toContain(".consumer_registry.producer_map[].value.master_addrs[].port: number");
  });

  test("is-leader-404.txt are those of a process without that page", async () => {
    const text = fs.readFileSync(path.join(__dirname, "../../fixtures/captured/is-leader-404.txt"), "utf8");
    expect((await cluster.get("h1", "dbserver", "/api/v1/is-leader")).body.trim()).toBe(text.trim());
  });

  test("tablet-replication-none.html: the same headings and column titles", async () => {
    const titles = (html: string): string[] =>
      [...html.matchAll(/<(?:h3|th)>([^<]+)</g)].map((match) => match[1] ?? "");
    const text = fs.readFileSync(path.join(__dirname, "../../fixtures/captured/tablet-replication-none.html"), "utf8");
    expect(titles((await cluster.get(leader, "mserver", "/tablet-replication")).body)).toEqual(titles(text));
  });
});
