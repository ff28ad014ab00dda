// Asks the gates of a step and tells once, aloud, what the program waives.

import { askGates, type GatesAnswer } from "../gates/ask-gates";
import type { GateQuestion } from "../gates/gate";
import { journal, type Run, say } from "./run";

export function askAloud(run: Run, question: Omit<GateQuestion, "desired">): GatesAnswer["closed"] {
  const { closed, waived } = askGates({ ...question, desired: run.desired });
  for (const { gate, verdict, why } of waived) {
    const text = `waived ${gate}: ${verdict.reason} Reason given: ${why}`;
    if (run.waived.has(gate)) continue;
    run.waived.add(gate);
    journal(run, "gate_waived", { gate, reason: verdict.reason, why });
    say(run, text, "result");
  }
  return closed;
}
