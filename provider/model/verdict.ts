// What a gate says. "Not yet" is a value with a reason, not an error.

export type GateVerdict =
  | { readonly kind: "open" }
  /** May open by itself: asked again with fresh facts until the gate's limit. */
  | { readonly kind: "wait"; readonly reason: string }
  /** Will not open by waiting. */
  | { readonly kind: "stop"; readonly reason: string; readonly next?: string };

export const open: GateVerdict = { kind: "open" };
export const wait = (reason: string): GateVerdict => ({ kind: "wait", reason });
export const stop = (reason: string, next?: string): GateVerdict => ({ kind: "stop", reason, ...(next && { next }) });
