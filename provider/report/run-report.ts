// What happened in one run, as a person wants it told. Made from a journal by `summariseRun`; the renderers know nothing else.

import type { DescribedFailure } from "./describe-failure";
import type { JournalProcess } from "./journal-events";

export type Outcome =
  | "done"
  | "nothing_to_do"
  | "adopted"
  | "stopped"
  | "cancelled"
  | "refused"
  /** The journal ends without an end: the process was killed, or the run still goes on. */
  | "cut_off";

export interface RunReport {
  readonly run: string;
  readonly outcome: Outcome;
  /** Empty where the journal does not say. */
  readonly from: string;
  readonly to: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly estimateMs: number | undefined;
  readonly clusterUuid: string | undefined;
  readonly sections: readonly ReportSection[];
  readonly processes: readonly ReportProcess[];
  /** What runs at the end, e.g. `2.16.0.0 ×1, 2.18.0.0 ×5`; undefined when it was not seen any more. */
  readonly versionsAfter: string | undefined;
  readonly autoFlags: { readonly configVersion: number | undefined; readonly promoted: boolean } | undefined;
  /** True: promotion was carried out in this run; an older process cannot join any more. */
  readonly isPastNoReturn: boolean;
  readonly bsql: { readonly outcome: string; readonly attempts: number } | undefined;
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly remarks: readonly Remark[];
  readonly waivers: readonly Waiver[];
  readonly failure: DescribedFailure | undefined;
  readonly leftBehind: string | undefined;
  /** What the reader of the journal has to know about the journal itself. */
  readonly troubles: readonly string[];
}

export interface ReportSection {
  readonly title: string;
  readonly steps: readonly ReportStep[];
}

export type StepState = "done" | "failed" | "unfinished" | "not_begun";

export interface ReportStep {
  readonly number: number;
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly process: string | undefined;
  readonly isPointOfNoReturn: boolean;
  readonly state: StepState;
  readonly beganAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** What it did, in numbers: `pid 401 → 512`, `12 tile leaders moved away`. */
  readonly facts: readonly string[];
  readonly waits: readonly Remark[];
  readonly evidence: readonly Evidence[];
}

export interface ReportProcess extends Omit<JournalProcess, "version"> {
  readonly before: string;
  /** Undefined: not seen any more. */
  readonly after: string | undefined;
  readonly pidBefore: number | undefined;
  readonly pidAfter: number | undefined;
  /** From the start of the new process to the proof. */
  readonly returnedAfterMs: number | undefined;
  readonly proof: Proof | undefined;
  readonly watchReadingCount: number | undefined;
}

export interface Proof {
  readonly heartbeatAgeSec: number | undefined;
  readonly tiles: number | undefined;
  readonly tilesBefore: number | undefined;
  readonly followerLagMs: number | undefined;
}

export interface Remark {
  readonly atMs: number;
  readonly text: string;
}

export interface Waiver {
  readonly gate: string;
  readonly why: string;
  /** What was seen when the closed gate was passed over; undefined: it was never closed. */
  readonly seen: string | undefined;
}

export interface Evidence {
  readonly gate: string;
  readonly seen: string;
}
