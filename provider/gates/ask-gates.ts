// Asks every gate of a step about one inventory; the first that is not open speaks.

import type { GateVerdict } from "../model/verdict";
import type { GateQuestion } from "./gate";
import { gates } from "./index";

export type GateAnswer =
  | { readonly gate: string; readonly verdict: Exclude<GateVerdict, { kind: "open" }> }
  | undefined;

/** Undefined when all are open. A stop is reported before a wait: waiting for what cannot come helps nobody. */
export function askGates(question: GateQuestion): GateAnswer {
  const closed = gates
    .filter((gate) => gate.before.includes(question.step.kind))
    .flatMap((gate) => {
      const verdict = gate.ask(question);
      return verdict.kind === "open" ? [] : [{ gate: gate.id, verdict }];
    });
  return closed.find((answer) => answer.verdict.kind === "stop") ?? closed[0];
}
