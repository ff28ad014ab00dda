// The plan over all clusters of a topology: a first line that stands alone, then what rests, what is upgraded in which order, and what
// runs again. The single steps of a cluster are in the plan of its own.

import { type Plan, type PlanStep, stepsOf } from "../model/plan";
import type { DesiredTopology } from "../model/topology";
import type { PlannedCluster, PlannedLink, TopologyPlan } from "../model/topology-plan";
import { linkName } from "../model/xdcr";
import { SECTION_TITLES } from "./describe-step";
import { renderDuration } from "./render-duration";

/** `2.16.0.0 → 2.18.0.0 on west, then east: 12 processes, replication rests about 26 min of 4 h` */
export function summariseTopology(plan: TopologyPlan): string {
  const due = plan.parts.filter((part) => part.plan !== undefined);
  const all = due.map(({ name }) => name);
  const names = plan.isParallel ? listAll(all) : all.join(", then ");
  const change = plan.from === plan.to ? `restart on ${plan.to}` : `${plan.from} → ${plan.to}`;
  const count = due.reduce((sum, part) => sum + (part.plan?.processCount ?? 0), 0);
  return `${change} on ${names}: ${plural(count, "process", "es")}, replication rests about ${renderDuration(plan.pauseMs)} of ${renderDuration(plan.retentionMs)}`;
}

interface Line {
  readonly title: string;
  readonly detail: string;
  /** Part of the step above it. */
  readonly isInner?: boolean;
  /** Told and not done. */
  readonly isOnlyTold?: boolean;
}

export function renderTopologyPlan(plan: TopologyPlan, topology: Pick<DesiredTopology, "members">): string {
  const sections: { title: string; lines: Line[] }[] = [
    { title: "Before anything rests", lines: [checkLine(plan)] },
    { title: SECTION_TITLES.xdcr_pause, lines: plan.links.map(pauseLine) },
    { title: clustersTitle(plan), lines: plan.parts.flatMap((part) => clusterLines(part, plan)) },
    { title: SECTION_TITLES.xdcr_resume, lines: plan.links.flatMap((link) => resumeLines(link, plan)) },
  ];
  const width = Math.max(...sections.flatMap(({ lines }) => lines.map((line) => line.title.length + indentOf(line))));
  const text = [summariseTopology(plan)];
  if (plan.findings.length > 0) text.push("", "Seen just now", ...plan.findings.map((finding) => `  !  ${finding}`));
  let number = 0;
  for (const { title, lines } of sections) {
    text.push("", title);
    for (const line of lines) {
      if (!line.isInner && !line.isOnlyTold) number += 1;
      const head = line.isInner || line.isOnlyTold ? "    " : ` ${String(number).padStart(3)}`;
      text.push(
        `${head}  ${" ".repeat(indentOf(line))}${line.title.padEnd(width - indentOf(line))}  ${line.detail}`.trimEnd(),
      );
    }
  }
  const [first] = topology.members;
  const lag = first?.desired.xdcr?.lagTimeoutMs;
  return [
    ...text,
    "",
    `Replication rests for about ${renderDuration(plan.pauseMs)}. A source keeps what its target has not read for ${renderDuration(plan.retentionMs)}; half of that is the limit.`,
    `${plan.isParallel ? "A failure of one cluster stops no other one." : "A failure stops before the next cluster begins."} Replication stays paused then; the next \`pulumi up\` goes on, and resumes it at the end.`,
    ...(lag === undefined
      ? []
      : [`Streams have ${renderDuration(lag)} to be without errors and catch up; then a warning names them.`]),
    "The steps of each cluster are in the plan of its own.",
  ].join("\n");
}

const indentOf = ({ isInner }: Line): number => (isInner ? 2 : 0);
const plural = (count: number, noun: string, ending: string): string => `${count} ${noun}${count === 1 ? "" : ending}`;

const checkLine = ({ parts }: TopologyPlan): Line => ({
  title: `check ${listAll(parts.filter(({ plan }) => plan !== undefined).map(({ name }) => name))}`,
  detail: "all healthy, every link declared, releases staged everywhere; otherwise nothing is paused",
});

const listAll = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

function pauseLine({ link, state, since }: PlannedLink): Line {
  switch (state) {
    case "active":
      return {
        title: `pause ${linkName(link)}`,
        detail: `on ${link.target}: bm-admin … set_universe_replication_enabled ${link.group} 0, written down before, read back`,
      };
    case "left_paused":
      return { title: linkName(link), detail: `rests since ${since}, paused by an earlier run`, isOnlyTold: true };
    case "paused_by_a_person":
      return { title: linkName(link), detail: "a person paused it: it stays paused", isOnlyTold: true };
  }
}

const clustersTitle = ({ isParallel }: TopologyPlan): string =>
  isParallel ? "Clusters, all at the same time (X2)" : "Clusters, one after the other, a target before its source (X2)";

function clusterLines({ name, version, plan, readers }: PlannedCluster, whole: TopologyPlan): Line[] {
  if (plan === undefined) return [{ title: name, detail: `every process runs ${version} already`, isOnlyTold: true }];
  const stepCount = countOwnSteps(plan);
  const change = plan.from === plan.to ? `restart on ${plan.to}` : `${plan.from} → ${plan.to}`;
  const after =
    readers.length > 0 && !whole.isParallel
      ? `; after ${listAll(readers)}, which ${readers.length > 1 ? "read" : "reads"} from it`
      : "";
  const steps = stepsOf(plan);
  const isPromoted = steps.some(({ kind }) => kind === "promote_auto_flags");
  const isCatalog = steps.some(({ kind }) => kind === "upgrade_bsql_catalog");
  const inner = (title: string, detail: string): Line[] => (detail === "" ? [] : [{ title, detail, isInner: true }]);
  return [
    {
      title: `upgrade ${name}`,
      detail: `${change}: ${plural(plan.processCount, "process", "es")}, ${plural(stepCount, "step", "s")}, about ${renderDuration(plan.estimateMs)}${after}`,
    },
    ...inner("MServers", listHosts(steps, "mserver")),
    ...inner("DBServers", listHosts(steps, "dbserver")),
    ...inner(
      "finalisation",
      isPromoted
        ? `promote AutoFlags, from where ${name} cannot go back${isCatalog ? "; upgrade the BSQL catalog" : ""}`
        : "",
    ),
  ];
}

/** Without what the topology does for it. */
const countOwnSteps = ({ sections }: Plan): number =>
  sections
    .filter(({ section }) => section !== "xdcr_pause" && section !== "xdcr_resume")
    .reduce((sum, { steps }) => sum + steps.length, 0);

const HOSTS_MAX = 8;

function listHosts(steps: readonly PlanStep[], role: "mserver" | "dbserver"): string {
  const hosts = steps.flatMap((step) => {
    if (step.kind === "start_process" && step.process.role === role) return [`${step.process.node} (down)`];
    if (step.kind !== "restart_process" || step.process.role !== role) return [];
    return [step.isLeader ? `${step.process.node} (leader)` : step.process.node];
  });
  if (hosts.length <= HOSTS_MAX) return hosts.join(", ");
  return `${hosts.slice(0, HOSTS_MAX - 2).join(", ")}, … ${hosts.at(-1)}: ${hosts.length} of them`;
}

function resumeLines({ link, state }: PlannedLink, { to }: TopologyPlan): Line[] {
  if (state === "paused_by_a_person") return [];
  return [
    {
      title: `resume ${linkName(link)}`,
      detail: `on ${link.target}, when every process of every cluster runs and has finalised ${to}; no errors, lag falls`,
    },
  ];
}
