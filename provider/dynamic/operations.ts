// create adopts, update rolls, read tells the live truth, delete forgets. None of them decides anything:
// inputs are parsed, the engine is called, its answer is put into the shape that Pulumi stores.

import { adoptCluster, readCluster, type Session, type Upgrade, upgradeCluster } from "../engine";
import { inputInvalid } from "../errors/catalog";
import { type DesiredCluster, processName } from "../model/desired";
import { parseDesired } from "../model/parse-desired";
import { type PlanStep, stepsOf } from "../model/plan";
import { versionOfProcess } from "../planner/describe-versions";
import { renderDuration } from "../report/render-duration";
import { renderError, renderFailure } from "../report/render-error";
import { summarisePlan } from "../report/render-plan";
import { contextOf, stackOf } from "./call-context";
import { beginOperation, type Operation } from "./cancel";
import { connectEngineLog, createEngineSink, type FlushableSink } from "./engine-log";
import { longestWayMs } from "./longest-way";
import {
  buildOutputs,
  carriedOf,
  describeLive,
  finalisationOf,
  findUnderWay,
  hasBegun,
  isAsAdopted,
  liveVersion,
  type OwnOutputs,
  type Phase,
  phaseAfter,
  pickInputs,
  recall,
} from "./saved-state";

type Props = Record<string, unknown>;

export async function create(inputs: Props, open: SessionOpener = openSession): Promise<{ id: string; outs: Props }> {
  const desired = parse(inputs);
  const { session, sink, watch, close } = open(inputs, desired);
  try {
    const { inventory, linksPaused } = await watch(adoptCluster(session));
    const own = describeLive({
      desired,
      inventory,
      phase: "adopted",
      finalizedVersion: "",
      remembered: {},
      awaitingRestart: {},
      linksPaused,
      lastRun: { outcome: "adopted", at: new Date().toISOString() },
    });
    sink.emit({ text: `adopted: ${inventory.processes.length} processes run ${own.version}`, passing: false });
    return { id: own.clusterUuid === "" ? "bmdb-cluster" : own.clusterUuid, outs: buildOutputs(inputs, own) };
  } catch (error) {
    throw plainError(error);
  } finally {
    await close();
  }
}

export async function update(
  id: string,
  olds: Props,
  news: Props,
  open: SessionOpener = openSession,
): Promise<{ outs: Props }> {
  const desired = parse(news);
  const { session, sink, watch, close } = open(news, desired);
  const remembered = recall(olds);
  let isBegun = false;
  try {
    const upgrade = await watch(
      upgradeCluster(session, finalisationOf(olds), (plan) => {
        isBegun = stepsOf(plan).length > 0;
        sink.emit({ text: summarisePlan(plan), passing: false });
      }),
    ).catch((error: unknown) => {
      // Nothing was begun: the state stays as it is. Otherwise it must not go on to look like what it was.
      if (!isBegun) throw plainError(error);
      const lastRun = { at: new Date().toISOString(), outcome: "stopped", error: renderError(error)[0] ?? "" };
      throw failedWith(id, renderError(error).join("\n"), {
        ...unseenOutputs(olds, lastRun, { phase: "upgrading", wantedVersion: desired.version }),
        ...providerOf(news, olds),
      });
    });
    const { result, after, awaitingRestart, linksPaused } = upgrade;
    const finalizedVersion = result.isFinalized ? desired.version : (remembered.finalizedVersion ?? "");
    const lastRun = describeRun(upgrade);
    if (result.error === undefined && after !== undefined) {
      const isAwaiting = Object.keys(awaitingRestart).length > 0;
      const phase = phaseAfter(desired, finalizedVersion, remembered);
      const own = describeLive({
        desired,
        inventory: after,
        phase: isAwaiting ? "restart needed" : phase,
        finalizedVersion,
        remembered,
        lastRun,
        awaitingRestart,
        carried: upgrade.carried,
        linksPaused,
      });
      sink.emit({
        text: `${after.processes.length} processes on ${own.version}${own.finalized ? ", finalized" : ""}`,
        passing: false,
      });
      if (isAwaiting)
        sink.emit({
          text: `restart needed: ${Object.keys(awaitingRestart).length} processes take up the promoted AutoFlags at their next start; \`pulumi preview\` shows that roll, \`pulumi up\` does it`,
          passing: false,
        });
      if (upgrade.report?.path) sink.emit({ text: `report: ${upgrade.report.path}`, passing: false });
      return { outs: buildOutputs(news, own) };
    }
    throw partialFailure({ id, news, olds, desired, upgrade, finalizedVersion, lastRun });
  } finally {
    await close();
  }
}

interface Failure {
  readonly id: string;
  readonly news: Props;
  readonly olds: Props;
  readonly desired: DesiredCluster;
  readonly upgrade: Upgrade;
  readonly finalizedVersion: string;
  readonly lastRun: Readonly<Record<string, string>>;
}

/** A failure that saves what is the case: the engine stores `properties` as outputs and keeps the old inputs. */
function partialFailure(failure: Failure): Error {
  const { upgrade, desired, olds, news } = failure;
  const reason = renderFailure({
    error: upgrade.result.error,
    desired,
    plan: upgrade.plan,
    doneCount: upgrade.result.doneCount,
    versions:
      upgrade.after?.processes.map((facts) => `${processName(facts.id).padEnd(16)} ${versionOfProcess(facts)}`) ?? [],
    journalPath: upgrade.journalPath,
    reportPath: upgrade.report?.path,
    leftBehind: upgrade.result.leftBehind,
  });
  const remembered = recall(olds);
  const { after } = upgrade;
  const isUntouched = after !== undefined && !hasBegun(desired, after, upgrade.carried);
  const own = after
    ? describeLive({
        desired,
        inventory: after,
        // What was not begun is not under way: the next program may want another release, or the one from before.
        phase: isUntouched
          ? (findPhase(remembered.phase) ?? "upgrading")
          : isAsAdopted(desired, remembered)
            ? "adopted"
            : "upgrading",
        ...(isUntouched && { wantedVersion: remembered.wantedVersion }),
        finalizedVersion: failure.finalizedVersion,
        remembered,
        lastRun: failure.lastRun,
        awaitingRestart: upgrade.awaitingRestart,
        carried: upgrade.carried,
        linksPaused: upgrade.linksPaused,
      })
    : undefined;
  const outputs = own
    ? buildOutputs(news, own)
    : unseenOutputs(olds, failure.lastRun, {
        ...(hasTouched(upgrade) && { phase: "upgrading", wantedVersion: desired.version }),
        ...(Object.keys(upgrade.awaitingRestart).length > 0 && { awaitingRestart: upgrade.awaitingRestart }),
      });
  return failedWith(failure.id, reason, { ...outputs, ...upgrade.carried, ...providerOf(news, olds) });
}

/** When not even the versions could be read any more: what is stored must look neither like the target nor like what it was. */
const unseenOutputs = (olds: Props, lastRun: Props, known: Partial<OwnOutputs>): Props => ({
  ...JSON.parse(JSON.stringify(olds)),
  version: "not known",
  lastRun,
  ...known,
});

const TOUCHES: readonly PlanStep["kind"][] = ["start_process", "restart_process", "promote_auto_flags"];
const hasTouched = ({ result: { plan, doneCount } }: Upgrade): boolean =>
  stepsOf(plan)
    .slice(0, doneCount + 1)
    .some(({ kind }) => TOUCHES.includes(kind));

const providerOf = (news: Props, olds: Props): Props => ({ __provider: news["__provider"] ?? olds["__provider"] });

const failedWith = (id: string, reason: string, properties: Props): Error =>
  Object.assign(new Error(reason), { id, properties, reasons: [reason] });

function describeRun(upgrade: Upgrade): Record<string, string> {
  const { plan, result } = upgrade;
  const total = stepsOf(plan).length;
  return {
    id: upgrade.runId,
    at: new Date(upgrade.startedAtMs).toISOString(),
    took: renderDuration(upgrade.tookMs),
    outcome: result.error === undefined ? "done" : "stopped",
    summary: upgrade.report?.summary ?? `${summarisePlan(plan)}; ${result.doneCount} of ${total} steps done`,
    ...(result.error !== undefined && { error: renderError(result.error)[0] ?? "" }),
    ...(result.promotionNote && { autoFlags: result.promotionNote }),
    ...(upgrade.journalPath && { journal: upgrade.journalPath }),
    ...(upgrade.report?.path && { report: upgrade.report.path }),
  };
}

export async function read(
  id: string,
  props: Props,
  open: SessionOpener = openSession,
): Promise<{ id: string; props: Props; inputs: Props }> {
  const remembered = recall(props);
  const inputs = pickInputs(props);
  const desired = parse({ ...inputs, version: remembered.wantedVersion ?? inputs["version"] });
  const { session, watch, close } = open(props, desired);
  try {
    const inventory = await watch(readCluster(session));
    const version = liveVersion(desired.version, inventory);
    const underWay = findUnderWay(desired.version, inventory);
    const own = describeLive({
      desired: { ...desired, version: underWay ?? desired.version },
      inventory,
      // Drift shows in the version. The phase is what our own runs made it, unless a newer release is seen to run.
      phase: underWay === undefined ? toPhase(remembered.phase) : "upgrading",
      finalizedVersion: remembered.finalizedVersion ?? "",
      remembered,
      lastRun: remembered.lastRun ?? {},
      awaitingRestart: remembered.awaitingRestart ?? {},
      carried: carriedOf(remembered),
      linksPaused: [],
    });
    const paused = remembered.xdcrPaused && { xdcrPaused: remembered.xdcrPaused };
    const extra = { planSummary: props["planSummary"], upgrade: props["upgrade"], __provider: props["__provider"] };
    const clean = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
    return {
      id,
      props: clean({ ...buildOutputs(props, own), ...paused, __provider: props["__provider"] }),
      inputs: clean({
        ...inputs,
        version: lacksFinalisation(desired, own) ? `${version}, not finalized` : version,
        ...extra,
      }),
    };
  } catch (error) {
    throw plainError(error);
  } finally {
    await close();
  }
}

/** A refresh shows what changed in the inputs only, so it is told there. As far as we know: nobody but we says what he promoted. */
const lacksFinalisation = ({ finalize }: DesiredCluster, own: OwnOutputs): boolean =>
  finalize === "auto" && own.phase === "upgrading" && own.version === own.wantedVersion && !own.finalized;

const PHASES: readonly Phase[] = ["adopted", "upgrading", "not finalized", "restart needed", "finished"];
const findPhase = (phase: string | undefined): Phase | undefined => PHASES.find((each) => each === phase);
const toPhase = (phase: string | undefined): Phase => findPhase(phase) ?? "adopted";

/** Forgets. A database is never stopped by taking it out of a program. */
export async function remove(): Promise<void> {}

function parse(inputs: Props): DesiredCluster {
  const parsed = parseDesired(pickInputs(inputs));
  if ("desired" in parsed) return parsed.desired;
  throw plainError(inputInvalid(parsed.problems));
}

export interface OpenSession {
  readonly session: Session;
  readonly sink: FlushableSink;
  watch: Operation["watch"];
  /** Hands every line to the engine, and says that nothing runs any more. */
  close(): Promise<void>;
}

/** How an operation gets to its cluster. The engine gives none; an invented cluster brings its own. */
export type SessionOpener = (inputs: Props, desired: DesiredCluster) => OpenSession;

function openSession(inputs: Props, desired: DesiredCluster): OpenSession {
  const urn = contextOf(inputs)?.urn;
  const sink = createEngineSink(urn, connectEngineLog(), () => Date.now());
  const operation = beginOperation(longestWayMs(desired));
  return {
    sink,
    session: { desired, sink, signal: operation.signal, workingDirectory: process.cwd(), stack: stackOf(urn) },
    watch: operation.watch,
    async close() {
      await sink.flush();
      operation.end();
    },
  };
}

/** An error without an id: the engine shows its text and leaves the state alone. No stack: the CLI would print it. */
export function plainError(error: unknown): Error {
  const plain = new Error(renderError(error).join("\n"));
  plain.stack = "";
  return plain;
}
