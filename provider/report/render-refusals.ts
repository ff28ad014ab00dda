// Why nothing may be done, as the preview shows it: every reason, with what to do about each.

import type { Refusal } from "../model/plan";

export function renderRefusals(refusals: readonly Refusal[]): string {
  return [
    `refused: ${[...new Set(refusals.map((refusal) => refusal.code))].join(", ")}`,
    ...refusals.flatMap((refusal) => [
      "",
      `what  ${refusal.what}`,
      ...(refusal.why ? [`why   ${refusal.why}`] : []),
      `next  ${refusal.next}`,
    ]),
  ].join("\n");
}
