// Resumes one link once every cluster involved is done (spec X3), and proves that data flows again.
//
// Only what this program paused is resumed: without a record on the target's hosts it was a person, and stays as he left it.

import { OPERATION } from "../dialect/bm-admin";
import { REPLICATION_LAG_JSON } from "../dialect/pages";
import { xdcrNotResumed } from "../errors/catalog";
import { readAnswer } from "../inventory/ask-page";
import { joinAutoFlags } from "../inventory/collect-xdcr";
import { parseReplicationStatus } from "../inventory/parse/bm-admin-streams";
import { parseReplicationLag } from "../inventory/parse/replication-lag";
import { type Fact, knownValue } from "../model/fact";
import type { Inventory } from "../model/inventory";
import { findUnready, readLink, shortestRetentionMs } from "../model/judge-xdcr";
import type { Flags } from "../model/pages";
import { isOfLink, linkId, linkName, type PauseRecord, type XdcrLink } from "../model/xdcr";
import { renderDuration } from "../report/render-duration";
import { tellPause } from "../report/tell-pause";
import { runBmAdminOn } from "../steps/run-bm-admin";
import { switchLink } from "../steps/switch-link";
import { removeRecord } from "./pause-record";
import { pollUntil } from "./poll-until";
import { journal, type Run, say } from "./run";
import { readUntilStopped } from "./safe-point";

/**
 * `othersUnready`: why not, beside what this cluster itself sees. Raises `XdcrNotResumed`. A link that has to stay paused is no error:
 * it is said, and the next run looks again.
 */
export async function resumeXdcr(run: Run, link: XdcrLink, othersUnready: readonly string[] = []): Promise<void> {
  const { desired } = run;
  const inventory = await lookUntilKnown(run, link);
  const seen = readLink(desired, inventory, link);
  const record = (knownValue(inventory.pauseRecords) ?? []).find((each) => isOfLink(each, link));
  if (seen.kind === "paused" && record === undefined) {
    tellStays(run, link, "a person paused it before; it is his to resume");
    run.linksPaused.delete(linkId(link));
    return;
  }
  if (seen.kind === "paused" && record !== undefined) {
    const unready = [...new Set([...findUnready(desired, inventory, ownAutoFlags(inventory)), ...othersUnready])];
    if (unready.length > 0) {
      run.linksPaused.set(linkId(link), record);
      tellStays(run, link, `${unready.join("; ")}. ${tellRetention(run, inventory, record)}`);
      return;
    }
    const outcome = await switchLink(run, link, "active");
    if (outcome.kind === "failed") throw xdcrNotResumed({ link: linkName(link), target: link.target, ...outcome });
    journal(run, "xdcr_resumed", { ...link, since: record.since });
    await proveFlow(run, link, inventory);
  }
  if (record !== undefined) await removeRecord(run, link, record);
  run.linksPaused.delete(linkId(link));
}

function tellStays(run: Run, link: XdcrLink, why: string): void {
  journal(run, "xdcr_stays_paused", { ...link, why });
  say(run, `${linkName(link)} stays paused: ${why}`, "lasting");
}

/** What it may last, and that nothing has to be done about it by hand. */
function tellRetention(run: Run, inventory: Inventory, { since }: PauseRecord): string {
  const retentionMs = shortestRetentionMs(run.desired, inventory);
  return `${tellPause({ since, nowMs: run.ports.clock.nowMs(), retentionMs })} The next \`pulumi up\` goes on, then resumes it.`;
}

/** `mserver:NAME` and `dbserver:NAME` of what is promoted on this cluster. */
export const ownAutoFlags = (inventory: Inventory): Fact<readonly string[]> => {
  const flagsOf = (role: "mserver" | "dbserver"): Fact<Flags> =>
    inventory.processes.find(({ id }) => id.role === role)?.flags ?? {
      known: false,
      why: `no ${role} was asked`,
      from: "",
      atMs: inventory.observedAtMs,
    };
  return joinAutoFlags(flagsOf("mserver"), flagsOf("dbserver"));
};

/** State and record of the link both known, or as far as they get within the limit. Raises `XdcrNotResumed`. */
export async function lookUntilKnown(run: Run, link: XdcrLink): Promise<Inventory> {
  const { policy } = run.desired;
  const outcome = await pollUntil(
    {
      clock: run.ports.clock,
      intervalMs: policy.pollIntervalMs,
      limitMs: policy.timeouts.gateMs,
      signal: run.signal,
      onWait: (last) => say(run, `${link.group} wait: ${last}`, "passing"),
    },
    async () => {
      const inventory = await readUntilStopped(run.signal, run.collect("all", "thorough"));
      const seen = readLink(run.desired, inventory, link);
      if (seen.kind === "unknown") return { done: false as const, last: `${link.target}: ${seen.why}` };
      const { pauseRecords } = inventory;
      if (!pauseRecords.known) return { done: false as const, last: `who paused it: ${pauseRecords.why}` };
      return { done: true as const, value: inventory };
    },
  );
  if (outcome.kind === "done") return outcome.value;
  throw xdcrNotResumed({ link: linkName(link), target: link.target, reason: outcome.last, output: "" });
}

/** Errors of streams show only two to three heartbeats after a resume. */
const HEARTBEATS_BEFORE_ERRORS = 3;
const CALM_READINGS = 2;

/** No errors, and the lag falls or is small: or else a warning, because the link runs and nobody has to be stopped for it. */
async function proveFlow(run: Run, link: XdcrLink, inventory: Inventory): Promise<void> {
  const { clock } = run.ports;
  const { policy } = run.desired;
  const heartbeatMs = knownValue(inventory.heartbeatIntervalMs);
  const heardMs = heartbeatMs === undefined ? policy.timeouts.autoFlagsMs : HEARTBEATS_BEFORE_ERRORS * heartbeatMs;
  await clock.sleep(heardMs, run.signal);
  let calm = 0;
  let lagBeforeMs: number | undefined;
  const outcome = await pollUntil(
    {
      clock,
      intervalMs: Math.max(heartbeatMs ?? 0, policy.pollIntervalMs),
      limitMs: run.desired.xdcr?.lagTimeoutMs ?? 0,
      signal: run.signal,
      onWait: (last) => say(run, `${link.group} wait: ${last}`, "passing"),
    },
    async () => {
      const status = parseReplicationStatus(
        await runBmAdminOn(
          run,
          link.target,
          [OPERATION.getReplicationStatus, link.group],
          run.desired.bmAdmin.timeoutMs,
        ),
      );
      if (!status.ok) return { done: false as const, last: status.why };
      if (status.value.length > 0) {
        calm = 0;
        const errors = status.value.map(({ stream, error }) => `${error} on stream ${stream}`);
        return { done: false as const, last: errors.join(", ") };
      }
      const lagMs = await readLag(run, link, inventory);
      const isFalling = lagMs === undefined || lagMs <= policy.followerLagMaxMs || lagMs < (lagBeforeMs ?? 0);
      lagBeforeMs = lagMs;
      calm = isFalling ? calm + 1 : 0;
      return calm >= CALM_READINGS
        ? { done: true as const, value: lagMs }
        : { done: false as const, last: `lag ${lagMs === undefined ? "not known" : `${Math.round(lagMs / 1000)} s`}` };
    },
  );
  journal(run, "xdcr_flow", {
    ...link,
    outcome: outcome.kind,
    ...(outcome.kind === "expired" && { last: outcome.last }),
  });
  if (outcome.kind === "done") {
    const lag = outcome.value === undefined ? "lag not told by any page" : `lag ${Math.round(outcome.value / 1000)} s`;
    say(run, `${linkName(link)} replicates again: no errors, ${lag}`, "result");
    return;
  }
  const isLost = outcome.last.includes("REPLICATION_MISSING_OP_ID");
  say(
    run,
    `WARNING: ${linkName(link)} is resumed, but after ${renderDuration(outcome.waitedMs)}: ${outcome.last}. ${isLost ? "The source no longer has what the target needs: set the group up anew." : "See get_replication_status on the target."}`,
    "lasting",
  );
}

/** The largest lag that DBServers of the source tell; undefined where none does. */
async function readLag(run: Run, link: XdcrLink, inventory: Inventory): Promise<number | undefined> {
  const { desired, ports } = run;
  const bases =
    link.source === desired.xdcr?.self
      ? (knownValue(inventory.dbservers) ?? []).map(
          ({ host, httpPort }) => `${desired.adminUi.scheme}://${host}:${httpPort}`,
        )
      : (inventory.xdcrPeers.find(({ name }) => name === link.source)?.dbserverBases ?? []);
  const answers = await Promise.all(
    bases.map((base) => ports.pages.get(base + REPLICATION_LAG_JSON, { timeoutMs: desired.policy.timeouts.pageMs })),
  );
  const lags = answers.flatMap((answer) => {
    const lag = readAnswer(answer, parseReplicationLag);
    return lag.ok && lag.value !== undefined ? [lag.value] : [];
  });
  return lags.length === 0 ? undefined : Math.max(...lags);
}
