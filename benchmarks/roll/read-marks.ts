// The product's journal and the loop's lines with @, as marks.

import { z } from "zod";
import type { ProcessMarks } from "./measure";

const eventSchema = z.looseObject({ at: z.string(), event: z.string(), step: z.string().optional() });

export function readProductMarks(journal: string): ProcessMarks[] {
  const marks: ProcessMarks[] = [];
  let beganAtMs = Number.NaN;
  let stopOrderedAtMs = Number.NaN;
  let adminAtMs = Number.NaN;
  let drainMs = 0;
  for (const line of journal.split("\n").filter(Boolean)) {
    const { at, event, step = "" } = eventSchema.parse(JSON.parse(line));
    const atMs = Date.parse(at);
    if (event === "bm_admin") adminAtMs = atMs;
    if (event === "drained" || event === "handed_over") drainMs += atMs - adminAtMs;
    if (event === "stopping") stopOrderedAtMs = atMs;
    if (event !== "step_done") continue;
    const [kind, role, node] = step.split(":");
    if (kind === "watch") {
      marks.push({ process: `${role} ${node}`, beganAtMs, stopOrderedAtMs, doneAtMs: atMs, drainMs });
      drainMs = 0;
    }
    if (kind === "watch" || kind === "check_start") beganAtMs = atMs;
  }
  return marks;
}

export function readLoopMarks(
  output: string,
  hosts: readonly { readonly name: string; readonly address: string }[],
): ProcessMarks[] {
  const marks: ProcessMarks[] = [];
  let beganAtMs = Number.NaN;
  let stopOrderedAtMs = Number.NaN;
  for (const [, micros, what, role, address] of output.matchAll(/^@(\d+) (\w+)(?: (\w+) (\S+))?$/gm)) {
    const atMs = Number(micros) / 1000;
    if (what === "begin") beganAtMs = atMs;
    if (what === "stopping") stopOrderedAtMs = atMs;
    if (what !== "done") continue;
    const host = hosts.find((each) => each.address === address);
    marks.push({ process: `${role} ${host?.name}`, beganAtMs, stopOrderedAtMs, doneAtMs: atMs, drainMs: 0 });
    beganAtMs = atMs;
  }
  return marks;
}
