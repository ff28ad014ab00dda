// The composition root for a topology: one run on each of its clusters at once, one journal for all, and replication around them.

import {
  assertReachable,
  closePorts,
  createRun,
  newRunId,
  openAdapters,
  ownerOf,
  type Session,
  type World,
} from "./engine";
import { explainEnd } from "./executor/explain-stop";
import { explainTopologyRefusal, lookAtTopology, pauseTopology } from "./executor/pause-topology";
import { findLeftLinks, resumeTopology } from "./executor/resume-topology";
import { lookUntilKnown } from "./executor/resume-xdcr";
import { journal, type Run } from "./executor/run";
import { readUntilStopped, tellStop } from "./executor/safe-point";
import { type MemberRun, withTopologyLeases } from "./executor/topology-leases";
import { findClosed } from "./gates/find-closed";
import type { Inventory } from "./model/inventory";
import { type Planned, stepId } from "./model/plan";
import type { DesiredTopology } from "./model/topology";
import type { TopologyPlan } from "./model/topology-plan";
import { linkId, type PauseRecord, type XdcrLink } from "./model/xdcr";
import { memberOfLink, type PlannedTopology } from "./planner/plan-topology";
import { planUpgrade } from "./planner/plan-upgrade";
import type { Journal } from "./ports";
import { describeFailure } from "./report/describe-failure";
import { describeStep, SECTION_TITLES } from "./report/describe-step";
import { openRunRecord } from "./run-record";

export interface TopologySession extends Pick<Session, "sink" | "signal" | "workingDirectory" | "stack"> {
  readonly topology: DesiredTopology;
  /** In the place of the adapters, for a test. */
  readonly openWorld?: (name: string) => World & { readonly journal: Journal };
}

export interface TopologyRun {
  readonly runId: string;
  readonly startedAtMs: number;
  readonly journalPath: string | undefined;
  /** Links that this program keeps paused now. */
  readonly linksPaused: readonly PauseRecord[];
}

/** What `pulumi up` would do to all clusters. Reads only. */
export const previewTopology = (session: TopologySession): Promise<PlannedTopology> =>
  withMembers({ ...session, workingDirectory: undefined }, async (members) => {
    const { seen, planned } = await lookAtTopology(session.topology, members, lookThoroughly, planMember);
    if (planned.kind !== "plan") return planned;
    const closed = seen.flatMap((member) =>
      member.planned.kind === "plan" && member.planned.plan.processCount > 0
        ? findClosed(member.desired, member.inventory).map((finding) => `${member.name}: ${finding}`)
        : [],
    );
    return { ...planned, plan: { ...planned.plan, findings: [...planned.plan.findings, ...closed] } };
  });

/** Pauses every link when a process of any cluster is to be stopped, and none otherwise. Raises what kept it from that. */
export const pauseAll = (session: TopologySession, onPlan: (plan: TopologyPlan) => void): Promise<TopologyRun> =>
  withMembers(session, async (members, run) => {
    const look = (of: readonly MemberRun[]) => lookAtTopology(session.topology, of, lookThoroughly, planMember);
    const first = await look(members);
    if (first.planned.kind === "refused") throw explainTopologyRefusal(first.planned);
    if (first.planned.kind === "nothing") return run();
    return withTopologyLeases(members, ownerOf(leading(members)), async (held) => {
      // A run that held a lease until now may have changed everything.
      const { seen, planned } = await look(held);
      if (planned.kind === "refused") throw explainTopologyRefusal(planned);
      if (planned.kind === "plan") {
        onPlan(planned.plan);
        const { from, to, pauseMs, findings, links } = planned.plan;
        const pauses = links.filter(({ state }) => state === "active").map(({ link }) => link);
        await tellRun(held, { from, to, estimateMs: pauseMs, findings }, "xdcr_pause", pauses, () =>
          pauseTopology(held, seen, planned.plan),
        );
      }
      return run();
    });
  });

/** Resumes what this program paused, where every cluster is done; says what has to stay paused. Raises `XdcrNotResumed`. */
export const resumeAll = (session: TopologySession): Promise<TopologyRun> =>
  withMembers(session, async (members, run) => {
    const look = (of: readonly MemberRun[]) =>
      findLeftLinks(of, (member, link) => (link ? lookUntilKnown(member, link) : lookThoroughly(member)));
    const first = await look(members);
    if (first.left.length === 0) {
      await resumeTopology(members, first);
      return run();
    }
    return withTopologyLeases(members, ownerOf(leading(members)), async (held) => {
      for (const member of held) await member.run.lease.fence();
      const found = await look(held);
      const to = leading(held).desired.version;
      const links = found.left.map(({ link }) => link);
      await tellRun(held, { from: to, to }, "xdcr_resume", links, () => resumeTopology(held, found));
      return run();
    });
  });

/** One line for each link that this program keeps paused: since when, and how long that may last. Reads only. */
export const tellLeftLinks = (
  session: TopologySession,
): Promise<{ told: readonly string[]; linksPaused: readonly PauseRecord[] }> =>
  withMembers({ ...session, workingDirectory: undefined }, async (members) => {
    const { left } = await findLeftLinks(members, lookThoroughly);
    return { told: left.map((each) => each.told), linksPaused: left.map(({ record }) => record) };
  });

/** In the journal it is a run like any other, so that `report` can tell it. */
async function tellRun(
  members: readonly MemberRun[],
  facts: Readonly<Record<string, unknown>>,
  section: "xdcr_pause" | "xdcr_resume",
  links: readonly XdcrLink[],
  work: () => Promise<void>,
): Promise<void> {
  const run = leading(members);
  const steps = links.map((link) => ({
    kind: section === "xdcr_pause" ? ("pause_xdcr" as const) : ("resume_xdcr" as const),
    link,
  }));
  const described = steps.map((step) => ({
    id: stepId(step),
    kind: step.kind,
    ...describeStep(step, { ...run.desired, xdcr: undefined }),
  }));
  journal(run, "run_started", { ...facts, sections: [{ section, title: SECTION_TITLES[section], steps: described }] });
  await work();
  journal(run, "run_done");
}

async function lookThoroughly(run: Run): Promise<Inventory> {
  const inventory = await readUntilStopped(run.signal, run.collect("all", "thorough"));
  assertReachable(run.desired, inventory);
  return inventory;
}

/** Of a cluster alone, as if nothing were known of earlier runs. */
const planMember = ({ desired }: Run, inventory: Inventory): Planned =>
  planUpgrade(desired, inventory, { finalizedVersion: undefined, adoptedVersion: undefined });

function leading(members: readonly MemberRun[]): Run {
  const [first] = members;
  if (first === undefined) throw new Error("a topology without clusters");
  return first.run;
}

async function withMembers<T>(
  session: TopologySession,
  work: (members: readonly MemberRun[], end: () => TopologyRun) => Promise<T>,
): Promise<T> {
  const { topology, sink, signal } = session;
  const opened = topology.members.map(({ name, desired }) => {
    const given = session.openWorld?.(name);
    return { name, desired, world: given ?? openAdapters({ desired }), given: given?.journal };
  });
  const [first] = opened;
  if (first === undefined) throw new Error("a topology without clusters");
  const id = newRunId(first.world);
  const startedAtMs = first.world.clock.nowMs();
  const record = openRunRecord(id, session.workingDirectory, (text) => sink.emit({ text, passing: false }));
  const members = opened.map(
    ({ name, desired, world, given }): MemberRun => ({
      name,
      run: createRun({ ...session, desired }, { ...world, journal: given ?? record.journal }, id),
    }),
  );
  const run = leading(members);
  const tell = (): void => tellStop(run);
  signal.addEventListener("abort", tell, { once: true });
  try {
    if (signal.aborted) tell();
    return await work(members, () => ({
      runId: id,
      startedAtMs,
      journalPath: record.journal.path,
      linksPaused: topology.links.flatMap((link) => {
        const kept = memberOfLink(members, link)?.run.linksPaused.get(linkId(link));
        return kept === undefined ? [] : [kept];
      }),
    }));
  } catch (caught) {
    const error = explainEnd(signal, caught);
    journal(run, "not_begun", { ...describeFailure(error) });
    throw error;
  } finally {
    signal.removeEventListener("abort", tell);
    record.finish();
    await Promise.all(opened.map(({ world }) => closePorts(world)));
  }
}
