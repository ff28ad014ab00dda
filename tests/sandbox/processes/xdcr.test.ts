// xDCR between two clusters of real processes: what bm-admin and the pages say, and that the product's parsers read it.

import { parseReplicationOutcome } from "../../../provider/inventory/parse/bm-admin-xdcr";
import { parseClusterConfig, shapeClusterConfig } from "../../../provider/inventory/parse/cluster-config";
import { parseClusterConfigPage } from "../../../provider/inventory/parse/cluster-config-page";
import { parseMetrics } from "../../../provider/inventory/parse/metrics";
import { parseTextProto } from "../../../provider/inventory/parse/text-proto";
import { type Ended, RealCluster, until } from "./real-cluster";

const VERSION = "2.16.0.0";
const LAG = "async_replication_committed_lag_micros";
const source = new RealCluster(31, 4, 1);
const target = new RealCluster(32, 4, 1);
let table = "";

beforeAll(async () => {
  await Promise.all([source.startAll(VERSION), target.startAll(VERSION)]);
  const { stdout } = await source.admin(VERSION, "list_tables", "include_table_id");
  table = /^bigmath\.orders (\w+)$/m.exec(stdout)?.[1] ?? "";
  const made = await target.admin(VERSION, "setup_universe_replication", "g1", source.mservers, table);
  expect(made).toEqual({ code: 0, stdout: "Replication setup successfully\n", stderr: "" });
});
afterAll(() => Promise.all([source.stopAll(), target.stopAll()]));
afterEach(() => target.setFaults([]));

const enable = (cluster: RealCluster, word: "0" | "1", group = "g1"): Promise<Ended> =>
  cluster.admin(VERSION, "-certs_dir_name", "/certs", "set_universe_replication_enabled", group, word);
const page = async (cluster: RealCluster, uri: string): Promise<string> =>
  (await cluster.get("h1", "mserver", uri)).body;

/** How the product reads who replicates into a cluster, by each of the three ways that there are. */
async function readGroups(cluster: RealCluster): Promise<unknown[]> {
  const asObjects = JSON.parse((await cluster.admin(VERSION, "get_universe_config")).stdout) as {
    readonly consumerRegistry?: { readonly producerMap?: Record<string, { readonly disableStream?: boolean }> };
  };
  const paused = Object.entries(asObjects.consumerRegistry?.producerMap ?? {}).map(([group, entry]) => ({
    group,
    isPaused: entry.disableStream === true,
  }));
  const seen = [
    parseClusterConfig(await page(cluster, "/api/v1/cluster-config")),
    parseClusterConfigPage(await page(cluster, "/cluster-config?raw")),
    shapeClusterConfig(JSON.parse(await page(cluster, "/api/v1/cluster-config"))),
  ];
  return [
    ...seen.map((config) =>
      config.ok ? config.value.xdcrGroups.map(({ group, isPaused }) => ({ group, isPaused })) : config.why,
    ),
    paused,
  ];
}

const everywhere = (groups: unknown): unknown[] => [groups, groups, groups, groups];

async function lagMs(): Promise<number> {
  const seen = parseMetrics((await source.get("h1", "dbserver", `/metrics?metrics=${LAG}`)).body, LAG);
  if (!seen.ok) throw new Error(seen.why);
  expect(seen.value.map(({ type }) => type)).toContain("cdc");
  return Math.max(...seen.value.map(({ value }) => value)) / 1000;
}

describe("bm-admin on xDCR", () => {
  test("pauses and resumes on the target, as often as it is asked to, and every page shows it", async () => {
    const before = JSON.parse(await page(target, "/api/v1/cluster-config")) as { version: number };
    expect(await readGroups(target)).toEqual(everywhere([{ group: "g1", isPaused: false }]));
    for (const _ of [1, 2]) {
      const paused = await enable(target, "0");
      expect(paused).toEqual({ code: 0, stdout: "Replication disabled successfully\n", stderr: "" });
      expect(parseReplicationOutcome(paused, "disabled")).toEqual({ kind: "done" });
      expect(await readGroups(target)).toEqual(everywhere([{ group: "g1", isPaused: true }]));
    }
    const resumed = await enable(target, "1");
    expect(resumed).toEqual({ code: 0, stdout: "Replication enabled successfully\n", stderr: "" });
    expect(parseReplicationOutcome(resumed, "enabled")).toEqual({ kind: "done" });
    expect(await readGroups(target)).toEqual(everywhere([{ group: "g1", isPaused: false }]));
    const after = JSON.parse(await page(target, "/api/v1/cluster-config")) as { version: number };
    expect(after.version).toBe(before.version + 3);
  });

  test("tells the source's MServers to the product", async () => {
    const config = parseClusterConfig(await page(target, "/api/v1/cluster-config"));
    expect(config).toMatchObject({
      ok: true,
      value: {
        xdcrGroups: [
          { sourceMServers: [{ host: source.address("h1"), port: 11000 }], streamIds: [expect.any(String)] },
        ],
      },
    });
  });

  test("does not know the group on the source, and says so on both streams", async () => {
    const refused = await enable(source, "0");
    const cause =
      /Not found \(.*\): Unable to disable replication for universe g1: Could not find CDC producer universe: g1 \(master error \d+\)\n$/;
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^Error disabling universe replication: /);
    expect(refused.stdout).toMatch(cause);
    expect(refused.stderr).toMatch(/^Error running set_universe_replication_enabled: /);
    expect(refused.stderr).toMatch(cause);
    expect(parseReplicationOutcome(refused, "disabled")).toMatchObject({ kind: "unknown_group" });
    expect(await readGroups(source)).toEqual(everywhere([]));
  });

  test("shows the source's lag growing while the link is paused, and falling once it is resumed", async () => {
    await until("it keeps up", async () => (await lagMs()) < 2000);
    await enable(target, "0");
    await until("it is 4 s behind", async () => (await lagMs()) > 4000);
    await enable(target, "1");
    await until("it keeps up again", async () => (await lagMs()) < 2000);
  });

  test("lists healthy streams without errors, those of one group alike, and the same streams on the source", async () => {
    const status = await target.admin(VERSION, "get_replication_status");
    expect(status.stdout).toMatch(/^statuses \{\n {2}table_id: "\w{32}"\n {2}stream_id: "\w{32}"\n\}\n$/);
    expect((await target.admin(VERSION, "get_replication_status", "g1")).stdout).toBe(status.stdout);
    const streams = await source.admin(VERSION, "list_cdc_streams");
    expect(streams.stdout).toMatch(/^CDC Streams: \r\nstreams \{\n {2}stream_id: "\w{32}"\n {2}table_id: "\w{32}"\n/);
    const listed = parseTextProto(streams.stdout.replace(/^CDC Streams: \r\n/, ""));
    const [, stream] = /stream_id: "(\w+)"/.exec(status.stdout) ?? [];
    expect(listed).toMatchObject({ ok: true, value: { streams: [{ stream_id: [stream], table_id: [table] }] } });
    expect((await source.admin(VERSION, "get_replication_status")).stdout).toBe("");
    expect((await target.admin(VERSION, "list_cdc_streams")).stdout).toBe("CDC Streams: \r\n");
  });

  test("shows the error of a stream in text notation", async () => {
    target.setFaults([{ kind: "xdcr_stream_errors", error: "REPLICATION_MISSING_OP_ID", text: 'no "op"' }]);
    await until("it shows", async () => {
      const { stdout } = await target.admin(VERSION, "get_replication_status", "g1");
      return stdout.includes(
        '  errors {\n    error: REPLICATION_MISSING_OP_ID\n    error_detail: "no \\"op\\""\n  }\n}\n',
      );
    });
    target.setFaults([]);
    await until("it is gone", async () => {
      const { stdout } = await target.admin(VERSION, "get_replication_status");
      return !stdout.includes("errors");
    });
  });

  test("does not know another group's status", async () => {
    const refused = await target.admin(VERSION, "get_replication_status", "g9");
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^Error getting replication status: /);
    expect(refused.stderr).toMatch(
      /^Error running get_replication_status: Not found \(.*\): Unable to get replication status: Could not find universe g9/,
    );
  });

  test("refuses while a group is INITIALIZING, and loses against another change of the config", async () => {
    target.setFaults([{ kind: "xdcr_group_unready" }]);
    expect(await enable(target, "0")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Universe Replication in invalid state: INITIALIZING. Retry or Delete."),
    });
    target.setFaults([{ kind: "xdcr_config_races", times: 1 }]);
    const raced = await enable(target, "0");
    expect(raced.stderr).toContain("Config version does not match, got ");
    expect(parseReplicationOutcome(raced, "disabled")).toMatchObject({ kind: "failed", isTransient: true });
    expect(await readGroups(target)).toEqual(everywhere([{ group: "g1", isPaused: false }]));
    expect((await enable(target, "0")).code).toBe(0);
    expect((await enable(target, "1")).code).toBe(0);
  });

  test("pauses streams on the source's side, which the producer registry shows, from 2.18 on", async () => {
    const unknown = await source.admin(VERSION, "pause_producer_xcluster_streams", "all");
    expect(unknown.stderr).toMatch(/^Invalid operation: pause_producer_xcluster_streams\n/);
    const paused = await source.admin("2.18.0.0", "pause_producer_xcluster_streams", "all");
    expect(paused).toEqual({ code: 0, stdout: "Replication paused successfully\n", stderr: "" });
    const registry = JSON.parse(await page(source, "/api/v1/xcluster-config")) as {
      xcluster_producer_registry: { paused_producer_stream_ids: { key: string; value: boolean }[] };
    };
    const streams = registry.xcluster_producer_registry.paused_producer_stream_ids;
    expect(streams).toEqual([{ key: expect.stringMatching(/^\w{32}$/), value: true }]);
    expect((await source.admin("2.18.0.0", "get_xcluster_info")).stdout).toMatch(
      /^\{"version":1,"xcluster_producer_registry":\{.*true\}\},consumer_registry:\{\}\}\n$/,
    );
    const resumed = await source.admin("2.18.0.0", "pause_producer_xcluster_streams", "all", "resume");
    expect(resumed.stdout).toBe("Replication resumed successfully\n");
  });

  test("sets a second group up, says why that fails, and deletes it", async () => {
    const twice = await target.admin(VERSION, "setup_universe_replication", "g1", source.mservers, table);
    expect(twice.code).toBe(1);
    expect(twice.stdout).toMatch(/^Error setting up universe replication: .*Producer already present/);
    const missing = await target.admin(VERSION, "setup_universe_replication", "g2", source.mservers, "abc");
    expect(missing.code).toBe(1);
    expect(missing.stdout).toBe(
      "Error waiting for universe replication setup to complete: Could not find table on the producer: abc\n",
    );
    expect((await enable(target, "1", "g2")).stderr).toContain("in invalid state: FAILED");
    expect(await target.admin(VERSION, "delete_universe_replication", "g2")).toEqual({
      code: 0,
      stdout: "Replication deleted successfully\n",
      stderr: "",
    });
    const altered = await target.admin(
      VERSION,
      "alter_universe_replication",
      "g1",
      "set_master_addresses",
      source.mservers,
    );
    expect(altered.stdout).toBe("Replication altered successfully\n");
  });

  test("every process shows how long the source keeps what is not read", async () => {
    for (const role of ["mserver", "dbserver"] as const) {
      const { flags } = await source.json<{ flags: { name: string; value: string }[] }>("h1", role, "/api/v1/varz");
      expect(flags.find(({ name }) => name === "cdc_wal_retention_time_secs")?.value).toBe("1440");
    }
  });
});
