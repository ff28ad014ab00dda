// Asks the gates of a step and tells aloud what the program waives, anew whenever it is something else.

import { askGates, type GatesAnswer } from "../gates/ask-gates";
import type { GateQuestion } from "../gates/gate";
import { journal, type Run, say } from "./run";

const DURATION = /\d+(?:\.\d+)?(?= (?:ms|s|min)\b)/g;

export function askAloud(run: Run, question: Omit<GateQuestion, "desired">): GatesAnswer["closed"] {
  const { closed, waived } = askGates({ ...question, desired: run.desired });
  for (const { gate, verdict, why } of waived) {
    const text = `waived ${gate}: ${verdict.reason} Reason given: ${why}`;
    // How long or how late something is counts up by itself; what and where is another matter each time.
    const sort = verdict.reason.replace(DURATION, "#");
    if (run.waived.get(gate) === sort) continue;
    run.waived.set(gate, sort);
    journal(run, "gate_waived", { gate, reason: verdict.reason, why });
    say(run, text, "result");
  }
  return closed;
}
