// The lines of a journal, as far as a report understands them. Tolerant: a field that is missing or strange is left out,
// an event that nobody here knows is counted and passed over.

import { z } from "zod";
import { cleanOutput } from "../errors/clean-output";

/** The newest schema of a journal that this code knows. */
export const JOURNAL_SCHEMA = 1;

/** Whatever a journal holds is cleaned once more before it is shown: secrets masked, control characters escaped. */
const text = z.string().transform((value) => cleanOutput(value, 12, 600));
const optionalText = text.optional().catch(undefined);
const optionalNumber = z.number().optional().catch(undefined);
const texts = z.array(text).catch([]);
const evidence = z.array(z.object({ gate: text, seen: text })).catch([]);

const process = z.object({
  name: text,
  role: z.enum(["mserver", "dbserver"]),
  zone: optionalText,
  version: text.catch("not known"),
  leads: z.boolean().catch(false),
});
const processes = z.array(process).optional().catch(undefined);
export type JournalProcess = z.infer<typeof process>;

const step = z.object({
  id: text,
  kind: text,
  title: text,
  detail: text.catch(""),
  process: optionalText,
  isPointOfNoReturn: z.boolean().catch(false),
});
export type JournalStep = z.infer<typeof step>;
const sections = z.array(z.object({ title: text, steps: z.array(step) })).catch([]);

const refusal = z.object({ code: text, what: text, why: optionalText, next: optionalText });
const end = { tookMs: optionalNumber, versions: optionalText, leftBehind: optionalText, processes };

const failure = {
  code: optionalText,
  what: text.catch("The journal does not say what ended the run."),
  why: optionalText,
  next: optionalText,
  output: optionalText,
};

const event = <Name extends string, Fields extends z.ZodRawShape>(name: Name, fields: Fields) =>
  z.object({ schema: z.number().catch(1), at: z.iso.datetime(), run: text, event: z.literal(name), ...fields });

export const journalEvent = z.discriminatedUnion("event", [
  event("run_started", {
    from: text.catch(""),
    to: text.catch(""),
    estimateMs: optionalNumber,
    sections,
    findings: texts,
    notes: texts,
    waive: z.record(text, text).catch({}),
    clusterUuid: optionalText,
    processes,
  }),
  event("run_refused", { to: text.catch(""), refusals: z.array(refusal).catch([]) }),
  event("step_begun", { number: z.number() }),
  event("step_done", { done: z.number() }),
  event("plan_changed", { done: optionalNumber, sections }),
  event("gate_wait", { reason: text }),
  event("gates_open", { evidence }),
  event("gate_waived", { gate: text, reason: text.catch(""), why: text.catch("") }),
  event("drained", { outcome: text, leadersBefore: optionalNumber, leadersLeft: optionalNumber }),
  event("leaders_may_return", {}),
  event("handed_over", { outcome: text }),
  event("stopping", { process: text, pid: optionalNumber }),
  event("killed_by_sigkill", { process: text, line: text.catch("") }),
  event("return_wait", { reason: text }),
  event("returned", {
    process: text,
    pid: optionalNumber,
    pidBefore: optionalNumber,
    afterMs: optionalNumber,
    version: optionalText,
    heartbeatAgeSec: optionalNumber,
    tiles: optionalNumber,
    tilesBefore: optionalNumber,
    followerLagMs: optionalNumber,
    evidence,
  }),
  event("watch_restarted", { reason: text }),
  event("watched", { process: text, pauseMs: optionalNumber, readingCount: optionalNumber, evidence }),
  event("promote_auto_flags", { outcome: text, configVersion: optionalNumber }),
  event("wait_for_auto_flags", { waitMs: optionalNumber }),
  event("upgrade_bsql", { attempt: z.number().catch(1), outcome: text }),
  event("remark", { text }),
  event("lease_acquired", { epoch: optionalNumber, hosts: texts }),
  event("lease_renewal_failed", { failed: texts }),
  event("lease_lost", { node: optionalText }),
  event("children_left_behind", { process: text, lines: texts }),
  event("run_failed", failure),
  event("not_begun", failure),
  event("run_done", end),
  event("run_ended_early", { ...end, isCancelled: z.boolean().catch(false) }),
  event("adopt_started", { version: text.catch("") }),
  event("adopted", { version: text.catch("") }),
]);
export type JournalEvent = z.infer<typeof journalEvent>;
