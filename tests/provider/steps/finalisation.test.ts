// promote_auto_flags, the wait for it, and upgrade_bsql, on a virtual clock: what is asked again, and with which words.

import { isBmdbError } from "../../../provider/errors/bmdb-error";
import { commandTimedOut, hostUnreachable } from "../../../provider/errors/catalog";
import type { CommandOptions, CommandResult, Shell } from "../../../provider/ports";
import { promoteAutoFlags } from "../../../provider/steps/promote-auto-flags";
import { upgradeBsqlCatalog } from "../../../provider/steps/upgrade-bsql-catalog";
import { waitForAutoFlags } from "../../../provider/steps/wait-for-auto-flags";
import { buildDesired, buildInventory, type ClusterShape, known, unknown } from "../../support/build-cluster";
import { buildRun, errorOf, inTurn, type TestRun } from "../../support/build-run";
import { saying } from "../../support/fake-cluster";

interface Asked {
  readonly node: string;
  readonly command: string;
  readonly timeoutMs: number;
}

function runWith(answers: readonly [CommandResult, ...CommandResult[]], shape: ClusterShape = {}) {
  const asked: Asked[] = [];
  const next = inTurn(answers);
  const shell: Shell = {
    run: async (node: string, command: string, { timeoutMs }: CommandOptions) => {
      asked.push({ node, command, timeoutMs });
      return next();
    },
    close: async () => undefined,
  };
  const run: TestRun = buildRun({ desired: buildDesired(shape), shell });
  return { run, asked };
}

const isStillNew = async () => undefined;
const failing = (stderr: string): CommandResult => ({ code: 1, stdout: "", stderr });
const PROMOTED = saying("PromoteAutoFlags status: \nNew AutoFlags were promoted. Config version: 2\n");
const NOTHING = saying("PromoteAutoFlags status: \nNo new AutoFlags to promote\n");
const UPGRADED = saying("BSQL successfully upgraded to the latest version\n");
const NO_LEADER = failing("Error running promote_auto_flags: Unable to establish connection to leader MServer\n");
const NOT_ALLOWED = failing("Error running it: Not authorized\n");
const TIMED_OUT = failing("Unable to upgrade BSQL cluster: UpgradeBsql RPC timed out after 180.000s\n");
const CONFLICT = failing("Unable to upgrade BSQL cluster: Catalog Version Mismatch: A DDL occurred\n");
const timeoutsIn = (asked: readonly Asked[]) => asked.map(({ command }) => /'-timeout_ms' '(\d+)'/.exec(command)?.[1]);

async function textOf(promise: Promise<unknown>) {
  const error = await errorOf(promise);
  if (!isBmdbError(error)) throw error;
  return error.text;
}

describe("the words of bm-admin", () => {
  test("are those of the procedure, in the new release's directory on the first MServer's host", async () => {
    const { run, asked } = runWith([PROMOTED]);
    await promoteAutoFlags(run, isStillNew);
    expect(asked).toEqual([
      {
        node: "db1",
        command:
          "cd \"$HOME\"/'softwarebm-2.18.0.0' && ./bin/bm-admin '-mserver_addresses' '10.0.0.1:11000,10.0.0.2:11000,10.0.0.3:11000' '-timeout_ms' '180000' 'promote_auto_flags'",
        // bm-admin ends by its own limit first.
        timeoutMs: 390_000,
      },
    ]);
  });

  test("name the certificates and run where the program says", async () => {
    const more = { bmAdmin: { certsDir: "/home/bigmath/certs", host: "db3", timeout: "60s" } };
    const { run, asked } = runWith([UPGRADED], { more });
    await upgradeBsqlCatalog(run, isStillNew);
    expect(asked[0]?.node).toBe("db3");
    expect(asked[0]?.command).toMatch(
      / '-certs_dir_name' '\/home\/bigmath\/certs' '-timeout_ms' '60000' 'upgrade_bsql'$/,
    );
  });

  test("leave the certificates out when there are none", async () => {
    const { run, asked } = runWith([UPGRADED]);
    await upgradeBsqlCatalog(run, isStillNew);
    expect(asked[0]?.command).not.toContain("certs");
  });

  test("are said on the next MServer's host when there is no connection to the first", async () => {
    const asked: string[] = [];
    const lost = (node: string, isSent: boolean) =>
      hostUnreachable({ node, address: "10.0.0.1:22", cause: "refused", isSent });
    const runLosing = (isSent: boolean, ...nodes: string[]) => {
      asked.length = 0;
      const shell: Shell = {
        run: async (node) => {
          asked.push(node);
          if (nodes.includes(node)) throw lost(node, isSent);
          return PROMOTED;
        },
        close: async () => undefined,
      };
      return (more: Record<string, unknown> = {}) => buildRun({ desired: buildDesired({ more }), shell });
    };
    expect(await promoteAutoFlags(runLosing(false, "db1", "db2")(), isStillNew)).toMatchObject({ promoted: true });
    expect(asked).toEqual(["db1", "db2", "db3"]);
    // Where something was sent, or the program says where, it is nobody else's turn.
    expect(await errorOf(promoteAutoFlags(runLosing(true, "db1")(), isStillNew))).toMatchObject({
      code: "HostUnreachable",
    });
    expect(asked).toEqual(["db1"]);
    const named = runLosing(false, "db2")({ bmAdmin: { host: "db2" } });
    expect(await errorOf(promoteAutoFlags(named, isStillNew))).toMatchObject({ code: "HostUnreachable" });
    expect(asked).toEqual(["db2"]);
    const none = runLosing(false, "db1", "db2", "db3")();
    expect(await errorOf(promoteAutoFlags(none, isStillNew))).toMatchObject({ code: "HostUnreachable" });
    expect(asked).toEqual(["db1", "db2", "db3"]);
  });

  test("take the MServers only, wherever DBServers are", async () => {
    const { run, asked } = runWith([PROMOTED], {
      nodes: { d1: "dbserver", d2: "dbserver", m1: "mserver", m2: "mserver", m3: "mserver" },
    });
    await promoteAutoFlags(run, isStillNew);
    expect(asked[0]?.node).toBe("m1");
    expect(asked[0]?.command).toContain("'10.0.0.3:11000,10.0.0.4:11000,10.0.0.5:11000'");
  });
});

describe("promoting AutoFlags", () => {
  test("tells the config version that it led to", async () => {
    const { run } = runWith([PROMOTED]);
    expect(await promoteAutoFlags(run, isStillNew)).toEqual({ promoted: true, configVersion: 2, restartNeeded: false });
    expect(run.clock.slept).toEqual([]);
  });

  test("with nothing to promote is done as well", async () => {
    const { run } = runWith([NOTHING]);
    expect(await promoteAutoFlags(run, isStillNew)).toEqual({
      promoted: false,
      configVersion: undefined,
      restartNeeded: false,
    });
  });

  test("says when processes have to be restarted for it", async () => {
    const text = `${PROMOTED.stdout}The following processes need to be restarted: 10.0.0.1\n`;
    expect(await promoteAutoFlags(runWith([saying(text)]).run, isStillNew)).toMatchObject({ restartNeeded: true });
  });

  test("is asked again while the cluster has no leader", async () => {
    const { run, asked } = runWith([NO_LEADER, NO_LEADER, PROMOTED]);
    expect(await promoteAutoFlags(run, isStillNew)).toMatchObject({ promoted: true });
    expect(asked).toHaveLength(3);
    expect(run.said.every((event) => event.passing)).toBe(true);
  });

  test.each([
    ["bm-admin gave up", failing("Unable to promote AutoFlags: PromoteAutoFlags RPC timed out after 180.000s\n"), true],
    ["bm-admin was killed", { code: null, signal: "KILL", stdout: "", stderr: "" }, true],
    ["the text is not understood", saying("PromoteAutoFlags status: \n"), true],
    ["no leader was there to ask", NO_LEADER, false],
    ["it was refused", NOT_ALLOWED, false],
  ])("remembers whether an answer was lost: %s", async (_what, answer, isUnanswered) => {
    const { run } = runWith([answer, NOTHING]);
    await promoteAutoFlags(run, isStillNew).catch(() => undefined);
    expect(run.promotion).toEqual({ isUnanswered });
  });

  test("remembers that ssh lost the answer, and forgets it once promotion is answered", async () => {
    const lost = commandTimedOut({ node: "db1", purpose: "bm-admin", limitMs: 1, output: "" });
    const shell: Shell = { run: async () => Promise.reject(lost), close: async () => undefined };
    const run = buildRun({ desired: buildDesired(), shell });
    expect(await errorOf(promoteAutoFlags(run, isStillNew))).toBe(lost);
    expect(run.promotion).toEqual({ isUnanswered: true });
    const again = runWith([PROMOTED]).run;
    again.promotion.isUnanswered = true;
    await promoteAutoFlags(again, isStillNew);
    expect(again.promotion).toEqual({ isUnanswered: false });
  });

  test("is asked no further once a process came back old between two attempts", async () => {
    const { run, asked } = runWith([NO_LEADER, PROMOTED]);
    const old = new Error("MServer db2 runs 2.16.0.0");
    expect(await errorOf(promoteAutoFlags(run, async () => Promise.reject(old)))).toBe(old);
    expect(asked).toHaveLength(1);
  });

  test("stops at once when the cause does not pass", async () => {
    const { run, asked } = runWith([NOT_ALLOWED, PROMOTED]);
    expect(await textOf(promoteAutoFlags(run, isStillNew))).toMatchObject({
      code: "PromoteFailed",
      what: expect.stringContaining("Not authorized"),
      output: "Error running it: Not authorized",
    });
    expect(asked).toHaveLength(1);
  });

  test("stops at once when bm-admin does not know it", async () => {
    const { run, asked } = runWith([failing("Invalid operation: promote_auto_flags\nUsage: bm-admin …\n"), PROMOTED]);
    expect(await textOf(promoteAutoFlags(run, isStillNew))).toMatchObject({ code: "PromoteUnsupported" });
    expect(asked).toHaveLength(1);
  });

  test("tells management that is switched off from an operation that is not known", async () => {
    const off = failing("Unable to promote AutoFlags: AutoFlags management is disabled\n");
    const unknown = failing("Invalid operation: promote_auto_flags\nUsage: bm-admin …\n");
    const [disabled, missing] = [
      await textOf(promoteAutoFlags(runWith([off]).run, isStillNew)),
      await textOf(promoteAutoFlags(runWith([unknown]).run, isStillNew)),
    ];
    expect([disabled.code, missing.code]).toEqual(["PromoteUnsupported", "PromoteUnsupported"]);
    expect(disabled.next).toContain("Switch AutoFlags management on");
    expect(missing.next).not.toContain("Switch");
    for (const text of [disabled, missing]) expect(text.next).toMatch(/finalize: "manual".*upgrade_bsql/s);
  });

  test("ends at the limit with the last thing that bm-admin said", async () => {
    const { run } = runWith([NO_LEADER]);
    expect(await textOf(promoteAutoFlags(run, isStillNew))).toMatchObject({
      code: "PromoteFailed",
      what: expect.stringMatching(/Unable to establish connection to leader MServer.*; so for 600 s\.$/),
    });
    expect(run.clock.monotonicMs()).toBe(run.desired.policy.timeouts.gateMs);
  });

  test("an exit code of 0 without the text of success is no success", async () => {
    expect(
      await textOf(promoteAutoFlags(runWith([saying("PromoteAutoFlags status: \n")]).run, isStillNew)),
    ).toMatchObject({
      code: "PromoteFailed",
    });
  });
});

describe("waiting for AutoFlags", () => {
  test("takes twice the heartbeat interval", async () => {
    const { run } = runWith([PROMOTED]);
    await waitForAutoFlags(run, buildInventory(run.desired, { facts: { heartbeatIntervalMs: known(3_000) } }));
    expect(run.clock.slept).toEqual([6_000]);
  });

  test("takes ten seconds when the interval is not known", async () => {
    const { run } = runWith([PROMOTED]);
    await waitForAutoFlags(run, buildInventory(run.desired, { facts: { heartbeatIntervalMs: unknown() } }));
    expect(run.clock.slept).toEqual([10_000]);
  });
});

describe("upgrading the BSQL catalog", () => {
  test("is done with the text of success", async () => {
    expect(await upgradeBsqlCatalog(runWith([UPGRADED]).run, isStillNew)).toBe("upgraded");
    const off = saying("Upgrade is not needed since BSQL is disabled\n");
    expect(await upgradeBsqlCatalog(runWith([off]).run, isStillNew)).toBe("not_needed");
  });

  test("is tried again after conflicts with clients, with the same limit", async () => {
    const { run, asked } = runWith([CONFLICT, CONFLICT, UPGRADED]);
    expect(await upgradeBsqlCatalog(run, isStillNew)).toBe("upgraded");
    expect(timeoutsIn(asked)).toEqual(["180000", "180000", "180000"]);
    expect(run.said.map((event) => event.text)).toEqual([
      expect.stringContaining("attempt 1: Unable to upgrade BSQL cluster: Catalog Version Mismatch"),
      expect.stringContaining("attempt 2"),
    ]);
  });

  test("is tried no further once a process came back old between two attempts", async () => {
    const { run, asked } = runWith([CONFLICT, UPGRADED]);
    const old = new Error("MServer db2 runs 2.16.0.0");
    expect(await errorOf(upgradeBsqlCatalog(run, async () => Promise.reject(old)))).toBe(old);
    expect(asked).toHaveLength(1);
  });

  test("is tried again with twice the limit after a time-out, up to the limit of all attempts together", async () => {
    const { run, asked } = runWith([TIMED_OUT, TIMED_OUT, TIMED_OUT, TIMED_OUT, TIMED_OUT, UPGRADED]);
    await upgradeBsqlCatalog(run, isStillNew);
    expect(timeoutsIn(asked)).toEqual(["180000", "360000", "720000", "1440000", "1800000", "1800000"]);
  });

  test("leaves the server as long again as it was waited for, five minutes at most, before the next attempt", async () => {
    const { run } = runWith([TIMED_OUT, TIMED_OUT, UPGRADED]);
    await upgradeBsqlCatalog(run, isStillNew);
    expect(run.clock.slept.filter((ms) => ms > 60_000)).toEqual([180_000, 300_000]);
    expect(run.said[0]?.text).toContain("in 180 s again with 360 s");
  });

  test("that is not needed is no success where the program says that BSQL is on", async () => {
    const off = saying("Upgrade is not needed since BSQL is disabled\n");
    const text = await textOf(upgradeBsqlCatalog(runWith([off], { more: { bsql: true } }).run, isStillNew));
    expect(text).toMatchObject({ code: "BsqlUpgradeFailed", what: expect.stringContaining("bsql: true") });
  });

  test("a time-out without a leader keeps the limit: nothing was begun", async () => {
    const noLeader = failing("Unable to establish connection to leader MServer: timed out after 60.000s\n");
    const { run, asked } = runWith([noLeader, UPGRADED]);
    await upgradeBsqlCatalog(run, isStillNew);
    expect(timeoutsIn(asked)).toEqual(["180000", "180000"]);
  });

  test("stops at once when the cause does not pass", async () => {
    const { run, asked } = runWith([NOT_ALLOWED, UPGRADED]);
    expect(await textOf(upgradeBsqlCatalog(run, isStillNew))).toMatchObject({
      code: "BsqlUpgradeFailed",
      what: expect.stringMatching(/^upgrade_bsql failed once in 0 s on db1; last: .*Not authorized/),
      evidence: { attempts: 1 },
    });
    expect(asked).toHaveLength(1);
  });

  test("ends at the limit with the number of attempts and the last reason", async () => {
    const { run, asked } = runWith([CONFLICT]);
    const text = await textOf(upgradeBsqlCatalog(run, isStillNew));
    expect(text.what).toContain(`failed ${asked.length} times in 1800 s on db1; last: Unable to upgrade BSQL cluster`);
    expect(text.output).toContain("Catalog Version Mismatch");
  });

  test("a host that is lost ends it with the host's own error", async () => {
    const lost = new Error("lost");
    const run = buildRun({
      desired: buildDesired(),
      shell: { run: async () => Promise.reject(lost), close: async () => undefined },
    });
    expect(await errorOf(upgradeBsqlCatalog(run, isStillNew))).toBe(lost);
    expect(await errorOf(promoteAutoFlags(run, isStillNew))).toBe(lost);
  });
});
