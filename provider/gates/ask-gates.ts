// Asks every gate of a step about one inventory; the first that is not open, and not waived, speaks.

import { WAIVABLE_GATE_IDS } from "../model/gate-ids";
import type { GateVerdict } from "../model/verdict";
import type { GateQuestion } from "./gate";
import { gates } from "./index";

type Closed = { readonly gate: string; readonly verdict: Exclude<GateVerdict, { kind: "open" }> };

export interface GatesAnswer {
  /** Undefined when all are open or waived. A stop comes before a wait: waiting for what cannot come helps nobody. */
  readonly closed: Closed | undefined;
  /** All that are closed and not waived. */
  readonly all: readonly Closed[];
  /** Closed, but waived in the program, with the reason given there. Never passed over in silence. */
  readonly waived: readonly (Closed & { readonly why: string })[];
}

export function askGates(question: GateQuestion): GatesAnswer {
  const closed = gates
    .filter((gate) => gate.before.includes(question.step.kind))
    .flatMap((gate): Closed[] => {
      const verdict = gate.ask(question);
      return verdict.kind === "open" ? [] : [{ gate: gate.id, verdict }];
    });
  const waivers = question.desired.policy.waive;
  const reasonFor = (id: string): string | undefined =>
    WAIVABLE_GATE_IDS.flatMap((each) => (each === id ? [waivers[each]] : []))[0];
  const held = closed.filter((answer) => reasonFor(answer.gate) === undefined);
  return {
    closed: held.find((answer) => answer.verdict.kind === "stop") ?? held[0],
    all: held,
    waived: closed.flatMap((answer) => {
      const why = reasonFor(answer.gate);
      return why === undefined ? [] : [{ ...answer, why }];
    }),
  };
}
