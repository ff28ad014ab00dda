// Every kind of fault, with every field that it takes, switched on by `pulumi-bmdb sandbox fault set`.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planHosts } from "../../../sandbox/cli/layouts";
import { FAULT_CATALOGUE, FAULT_KINDS } from "../../../sandbox/fault-catalogue";
import { readFaults, withoutKey } from "../../../sandbox/faults";
import { startSandbox } from "../../../sandbox/sandbox";
import type { FaultOf, Sandbox, SandboxFault, SandboxFaultKind } from "../../../sandbox/types";
import { faultOptions, typeFault } from "../../support/switch-on";

// No process here is of this release, so that nothing happens to the cluster which the next case needs.
const NEW = "2.18.0.0";
const dbserver = { host: "db1", role: "dbserver", version: NEW } as const;
const page = { ...dbserver, path: "/metrics", times: 3 } as const;
const operation = { host: "db1", operation: "upgrade_bsql", times: 2 } as const;

/** Those of xDCR need two clusters, and have their own tests. */
type Kind = Exclude<SandboxFaultKind, `xdcr_${string}`>;

const SAMPLES: { readonly [Each in Kind]: Required<FaultOf<Each>> } = {
  crash_at_start: { kind: "crash_at_start", ...dbserver, afterMs: 100 },
  slow_start: { kind: "slow_start", ...dbserver, afterMs: 100 },
  crash_while_serving: { kind: "crash_while_serving", ...dbserver, afterMs: 100 },
  ignores_sigterm: { kind: "ignores_sigterm", ...dbserver },
  children_left_behind: { kind: "children_left_behind", host: "db1", version: NEW, forMs: 100 },
  page_hangs: { kind: "page_hangs", ...page },
  page_error_with_200: { kind: "page_error_with_200", ...page, text: "Not the leader, and more" },
  page_answers_503: { kind: "page_answers_503", ...page },
  page_half_json: { kind: "page_half_json", ...page },
  page_of_other_cluster: { kind: "page_of_other_cluster", ...page },
  never_catches_up: { kind: "never_catches_up", host: "db1", version: NEW, lagMs: 90_000 },
  tile_under_replicated: { kind: "tile_under_replicated", host: "db1", version: NEW, tiles: 2 },
  tile_leaderless: { kind: "tile_leaderless", host: "db1", version: NEW, tiles: 2 },
  leader_steps_down: { kind: "leader_steps_down", onEvent: "auto_flags_promoted", everyMs: 9000, times: 1 },
  stale_leader: { kind: "stale_leader", host: "db1", forMs: 100 },
  admin_fails: { kind: "admin_fails", ...operation, text: "Timed out: no answer" },
  admin_lies: { kind: "admin_lies", ...operation, lie: "success_with_exit_1" },
  admin_lacks_operation: { kind: "admin_lacks_operation", host: "db1", operation: "promote_auto_flags" },
  config_version_races: { kind: "config_version_races", host: "db2", times: 1 },
  promotion_needs_restart: { kind: "promotion_needs_restart", host: "db1" },
  bsql_upgrade_conflicts: { kind: "bsql_upgrade_conflicts", host: "db1", times: 1, text: "Restart read required" },
  bsql_upgrade_times_out: { kind: "bsql_upgrade_times_out", takesMs: 900, clientWaitsMs: 100, times: 2 },
  supervisor_restarts_old: {
    kind: "supervisor_restarts_old",
    host: "db1",
    role: "dbserver",
    release: "2.16.0.0",
  },
  boot_starts_old: { kind: "boot_starts_old", host: "db1", release: "2.16.0.0" },
  post_install_fails: { kind: "post_install_fails", host: "db1", release: NEW },
  disk_full: { kind: "disk_full", host: "db1", only: "df" },
  clock_skew: { kind: "clock_skew", host: "db1", offsetMs: -300 },
  extension_missing: { kind: "extension_missing", host: "db1", release: "2.16.0.0", name: "postgis" },
  network_cut: { kind: "network_cut", host: "db1" },
  corrupt_archive: { kind: "corrupt_archive", release: NEW },
  wrong_sha256: { kind: "wrong_sha256", release: NEW },
  blacklist_left_behind: { kind: "blacklist_left_behind", host: "db1" },
  kill_process: { kind: "kill_process", host: "db2", role: "dbserver" },
  host_reboots: { kind: "host_reboots", host: "db2" },
};

const isAtOnce = (kind: SandboxFaultKind): boolean => FAULT_CATALOGUE[kind].sentence.startsWith("At once: ");
const expectedOutput = (fault: SandboxFault): string =>
  `${isAtOnce(fault.kind) ? "done: " : ""}${JSON.stringify(fault)}\n`;

describe("`pulumi-bmdb sandbox fault set`", () => {
  const dir = mkdtempSync(join(tmpdir(), "bmdb-command-line-"));
  let sandbox: Sandbox;

  beforeAll(async () => {
    const hosts = planHosts({ layout: "colocated", hosts: 2 });
    sandbox = await startSandbox({ dir, hosts, version: "2.16.0.0", releases: ["2.16.0.0", NEW] });
  });
  afterEach(() => sandbox.setFaults([]));
  afterAll(async () => {
    await sandbox?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test.each(Object.values(SAMPLES))(
    "switches on $kind, with every field that it takes",
    async (fault: SandboxFault) => {
      const fields = Object.keys(FAULT_CATALOGUE[fault.kind].fields);
      expect(
        Object.keys(fault)
          .filter((field) => field !== "kind")
          .sort(),
      ).toEqual(fields.sort());
      const printed = await typeFault(sandbox.dir, "set", ...faultOptions(fault));
      // The order of the fields is that of the options.
      expect(sortFields(printed)).toBe(sortFields(expectedOutput(fault)));
      expect(readFaults(sandbox.dir).map(withoutKey)).toEqual(isAtOnce(fault.kind) ? [] : [fault]);
    },
  );

  test("takes every kind that there is", () => {
    expect(Object.keys(SAMPLES).sort()).toEqual(FAULT_KINDS.filter((kind) => !kind.startsWith("xdcr_")).sort());
  });
});

const sortFields = (printed: string): string =>
  printed.replace(/\{.*\}/, (json) => JSON.stringify(Object.entries(JSON.parse(json)).sort()));
