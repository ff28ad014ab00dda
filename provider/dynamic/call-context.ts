// The engine gives `diff` and `update` neither the URN nor whether this is a preview. The component passes both as an
// input that `check` takes out again; until the next call of the same process they wait here, under the inputs they came with.

import { createHash } from "node:crypto";
import { z } from "zod";

export interface CallContext {
  readonly urn: string;
  readonly dryRun: boolean;
}

const contextSchema = z.object({ urn: z.string(), dryRun: z.boolean() });
const contexts = new Map<string, CallContext>();
const CONTEXTS_MAX = 1000;

export function noteContext(inputs: Readonly<Record<string, unknown>>, context: unknown): void {
  const parsed = contextSchema.safeParse(context);
  if (!parsed.success) return;
  if (contexts.size >= CONTEXTS_MAX) contexts.clear();
  contexts.set(keyOf(inputs), parsed.data);
}

export const contextOf = (inputs: Readonly<Record<string, unknown>>): CallContext | undefined =>
  contexts.get(keyOf(inputs));

/** `project/stack` of a URN: `urn:pulumi:prod::shop::…` is of `shop/prod`. */
export function stackOf(urn: string | undefined): string | undefined {
  const match = /^urn:pulumi:([^:]+)::([^:]+)::/.exec(urn ?? "");
  return match ? `${match[2]}/${match[1]}` : undefined;
}

// A hash, because the inputs hold a private key and a map's keys live as long as the process.
function keyOf(inputs: Readonly<Record<string, unknown>>): string {
  const { __provider: _text, ...plain } = inputs;
  return createHash("sha256").update(stableJson(plain)).digest("hex");
}

/** JSON with sorted keys: the engine does not keep their order. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
