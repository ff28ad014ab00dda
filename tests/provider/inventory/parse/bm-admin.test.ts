import * as fc from "fast-check";
import {
  parsePromoteOutcome,
  parseQuietFailure,
  parseUpgradeBsqlOutcome,
} from "../../../../provider/inventory/parse/bm-admin";
import { parseBlacklistCompletion } from "../../../../provider/inventory/parse/bm-admin-blacklist";
import { parseReplicationOutcome } from "../../../../provider/inventory/parse/bm-admin-xdcr";
import type { CommandResult } from "../../../../provider/ports";
import { valueFrom, whyNot } from "./captured";

const said = (stdout: string, stderr = "", code: number | null = 0): CommandResult => ({ code, stdout, stderr });
const failed = (stderr: string, stdout = ""): CommandResult => ({ code: 1, stdout, stderr });

const promoted218 = "PromoteAutoFlags status: \nNew AutoFlags were promoted. Config version: 2\n";
const promoted220 = "PromoteAutoFlags completed successfully\nNew AutoFlags were promoted\nNew config version: 3\n";
const noLeader =
  "Timed out (yb/tools/yb-admin_client.cc:123): Unable to establish connection to leader mserver at [10.0.0.1:11000]. Please verify the addresses and check if server is up, or if you're missing --certs_dir_name.\n\nNetwork error";
const logLine = "W0101 12:00:00.000000 123 meta_cache.cc:1] error running in circles is not a failure";

describe("parsePromoteOutcome", () => {
  it.each([
    ["2.18's text", promoted218, 2, false],
    ["2.18's text with carriage returns and blanks", promoted218.replaceAll("\n", "  \r\n"), 2, false],
    ["another case", promoted218.toUpperCase(), 2, false],
    ["2.20's text", promoted220, 3, false],
    [
      "a restart that is needed",
      `${promoted218}All YbMaster and YbTserver processes need to be restarted to apply the promoted AutoFlags\n`,
      2,
      true,
    ],
    ["no version", "New AutoFlags were promoted", undefined, false],
  ])("takes %s for promoted", (_what, stdout, configVersion, restartNeeded) => {
    expect(parsePromoteOutcome(said(stdout))).toEqual({ kind: "promoted", configVersion, restartNeeded });
  });

  it.each([
    "PromoteAutoFlags status: \nNo new AutoFlags to promote\n",
    "PromoteAutoFlags completed successfully\nNo new AutoFlags eligible to promote\nCurrent config version: 1\n",
  ])("takes %j for nothing to promote", (stdout) => {
    expect(parsePromoteOutcome(said(stdout))).toEqual({ kind: "nothing_to_promote" });
  });

  it("is not put off by what is logged on stderr", () => {
    expect(parsePromoteOutcome(said(promoted218, logLine)).kind).toBe("promoted");
  });

  it.each([
    ["exit 1 with the text of success", said(promoted218, "", 1)],
    ["exit 0 with a text of failure", said(promoted218, "Error running promote_auto_flags: Timed out")],
    ["exit 0 with a failure only", said("", "Error running promote_auto_flags: Internal error")],
    ["exit 0 without a word", said("")],
    ["exit 0 with another word", said("PromoteAutoFlags status: \n")],
    ["both texts at once", said(`${promoted218}No new AutoFlags to promote\n`)],
    ["the text of success on stderr", said("", promoted218)],
    ["a signal", { code: null, signal: "SIGKILL", stdout: promoted218, stderr: "" }],
    ["a missing bm-admin", said("", "/bin/sh: 1: ./bin/bm-admin: not found", 127)],
  ])("takes %s for a failure", (_what, result) => {
    expect(parsePromoteOutcome(result).kind).toBe("failed");
  });

  it.each([
    "Error running promote_auto_flags: Not implemented (x.cc:1): AutoFlags management is disabled.",
    "Invalid operation: promote_auto_flags\nUsage: bm-admin",
  ])("takes %j for unsupported", (stderr) => {
    expect(parsePromoteOutcome(failed(stderr)).kind).toBe("unsupported");
  });

  it("does not believe that the cluster does not support it, because 2.17 says so of every remote error", () => {
    const stderr =
      "The cluster doesn't support promote_auto_flags: Remote error (x.cc:1): Leader not yet ready to serve requests";
    expect(parsePromoteOutcome(failed(stderr))).toMatchObject({ kind: "failed", isTransient: true });
  });

  it.each([
    noLeader,
    "Error running promote_auto_flags: Service unavailable (x.cc:1): Catalog manager is not initialized. State: 1",
    "Error running promote_auto_flags: Illegal state (x.cc:1): Not the leader. Local UUID: a, Consensus state: b",
    "Error running promote_auto_flags: Network error (x.cc:1): recvmsg error: Connection refused",
  ])("takes %j for passing", (stderr) => {
    expect(parsePromoteOutcome(failed(stderr))).toMatchObject({ kind: "failed", isTransient: true });
  });

  it.each([
    "Error running promote_auto_flags: Invalid argument (x.cc:1): Invalid value provided for max_flags_class\nUsage: bm-admin promote_auto_flags",
    "Error running promote_auto_flags: Not authorized (x.cc:1): no. Try again",
    "Error running promote_auto_flags: Illegal state (x.cc:1): Cannot promote AutoFlags before all dbservers have been upgraded to the current version",
  ])("takes %j for lasting", (stderr) => {
    expect(parsePromoteOutcome(failed(stderr))).toMatchObject({ kind: "failed", isTransient: false });
  });

  it("quotes the line that tells, escaped and short", () => {
    const outcome = parsePromoteOutcome(
      failed(`${logLine}\nError running promote_auto_flags: \x1b[31mInternal error ${"x".repeat(5_000)}`),
    );
    expect(outcome).toMatchObject({
      why: expect.stringMatching(/^Error running promote_auto_flags: \\x1b\[31mInternal error x+… \(exit 1\)$/),
    });
  });
});

describe("parseUpgradeBsqlOutcome", () => {
  const mismatch =
    "Error running upgrade_bsql: Network error (yb/yql/pgwrapper/libpq_utils.cc:345): Unable to upgrade BSQL cluster: Failed to apply migration 'V38__14445__alter_pg_stat_statements.sql' to a database upgrade_db: Execute failed: 7, message: ERROR:  The catalog snapshot used for this transaction has been invalidated: MISMATCHED_SCHEMA CONTEXT: Catalog Version Mismatch: A DDL occurred while processing this query. Try again. (pgsql error 40001)";

  it.each([
    ["BSQL successfully upgraded to the latest version\n", "upgraded"],
    ["ysql successfully upgraded to the latest version \r\n", "upgraded"],
    ["Upgrade is not needed since BSQL is disabled\n", "not_needed"],
  ])("takes %j for %s", (stdout, kind) => {
    expect(parseUpgradeBsqlOutcome(said(stdout, logLine))).toEqual({ kind });
  });

  it.each([
    ["exit 1 with the text of success", said("BSQL successfully upgraded to the latest version", "", 1)],
    [
      "exit 0 with a text of failure",
      said("BSQL successfully upgraded to the latest version", "Error running upgrade_bsql: x"),
    ],
    ["exit 0 without a word", said("")],
    ["a denial", said("BSQL was not successfully upgraded")],
  ])("takes %s for permanent", (_what, result) => {
    expect(parseUpgradeBsqlOutcome(result).kind).toBe("permanent");
  });

  it.each([
    mismatch,
    "Error running upgrade_bsql: Query error: ERROR:  Restart read required",
    "Error running upgrade_bsql: ERROR: could not serialize access due to concurrent update",
    "Error running upgrade_bsql: Operation expired: Transaction expired or aborted by a conflict: 40001",
    "Error running upgrade_bsql: ERROR: conflicts with higher priority transaction",
    "Error running upgrade_bsql: Network error (x.cc:1): recvmsg error: Connection refused",
    "Error running upgrade_bsql: Illegal state (x.cc:1): Couldn't find alive tablet server to connect to",
    noLeader,
  ])("takes %j for transient", (stderr) => {
    expect(parseUpgradeBsqlOutcome(failed(stderr)).kind).toBe("transient");
  });

  it.each([
    "Error running upgrade_bsql: Timed out (outbound_call.cc:484): Unable to upgrade BSQL cluster: UpgradeYsql RPC (request call id 5) to 10.0.0.1:9100 timed out after 60.000s",
    "Error running upgrade_bsql: Timed out (x.cc:1): UpgradeBsql RPC to 10.0.0.1:9100 timed out after 180.000s",
  ])("knows that the server goes on after %j", (stderr) => {
    expect(parseUpgradeBsqlOutcome(failed(stderr)).kind).toBe("timed_out");
  });

  it.each([
    "Error running upgrade_bsql: Illegal state (x.cc:1): BSQL is not ready, initdb finished with an error: try again",
    "Error running upgrade_bsql: Internal error (x.cc:1): syntax error",
    "Invalid operation: upgrade_bsql",
  ])("takes %j for permanent", (stderr) => {
    expect(parseUpgradeBsqlOutcome(failed(stderr)).kind).toBe("permanent");
  });
});

describe("parseReplicationOutcome", () => {
  it("takes the text of what was wanted for done", () => {
    expect(parseReplicationOutcome(said("Replication disabled successfully\n"), "disabled")).toEqual({ kind: "done" });
    expect(parseReplicationOutcome(said("Replication enabled successfully\n"), "enabled")).toEqual({ kind: "done" });
  });

  it("does not take the opposite for done", () => {
    expect(parseReplicationOutcome(said("Replication enabled successfully\n"), "disabled").kind).toBe("failed");
  });

  it("knows a cluster that is not the target", () => {
    const result = failed(
      "Error running set_universe_replication_enabled: Not found (x.cc:1): Unable to disable replication for universe g1: Could not find CDC producer universe: g1 (master error 5)",
      "Error disabling universe replication: Could not find CDC producer universe: g1",
    );
    expect(parseReplicationOutcome(result, "disabled").kind).toBe("unknown_group");
  });

  it("takes a config that changed meanwhile for passing", () => {
    const result = failed(
      "Error running set_universe_replication_enabled: Illegal state: Config version does not match, got 3, but most recent one is 4. Should call Get again",
    );
    expect(parseReplicationOutcome(result, "disabled")).toMatchObject({ kind: "failed", isTransient: true });
  });
});

describe("parseQuietFailure", () => {
  it("takes silence with exit 0 for success", () => {
    expect(parseQuietFailure(said("", logLine))).toBeUndefined();
  });

  it("does not take silence with exit 1 for success", () => {
    expect(parseQuietFailure(said("", "", 1))).toEqual({
      kind: "failed",
      isTransient: false,
      why: "bm-admin said nothing (exit 1)",
    });
  });
});

describe("parseBlacklistCompletion", () => {
  it("reads how much is left", () => {
    expect(valueFrom(parseBlacklistCompletion(said("Percent complete = 62.5 : 3 remaining out of 8\n")))).toEqual({
      percent: 62.5,
      remainingCount: 3,
      totalCount: 8,
    });
  });

  it.each([
    said(""),
    said("Percent complete = nan : 0 remaining out of 0"),
    said("Percent complete = 100 : 0 remaining out of 0", "", 1),
  ])("does not take %j for complete", (result) => {
    expect(whyNot(parseBlacklistCompletion(result))).not.toBe("");
  });
});

it("no outcome is a success for random text, and none throws", () => {
  const result = fc.record({
    code: fc.constantFrom(0, 1, 127, null),
    stdout: fc.string({ unit: "binary" }),
    stderr: fc.string({ unit: "binary" }),
  });
  fc.assert(
    fc.property(result, (each) => {
      expect(parsePromoteOutcome(each).kind).toBe("failed");
      expect(["permanent", "transient", "timed_out"]).toContain(parseUpgradeBsqlOutcome(each).kind);
      expect(parseReplicationOutcome(each, "disabled").kind).toBe("failed");
      expect(parseBlacklistCompletion(each).ok).toBe(false);
    }),
  );
});
