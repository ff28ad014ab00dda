// Damage as it happens to answers on their way: something is missing, doubled, other than it was, or cut off.

import * as fc from "fast-check";

export type Damage =
  | { readonly kind: "drop_byte" | "cut"; readonly at: number }
  | { readonly kind: "other_byte"; readonly at: number; readonly instead: string }
  | { readonly kind: "drop_line" | "double_line"; readonly at: number }
  | { readonly kind: "drop_field" | "null_field"; readonly at: number }
  | { readonly kind: "instead"; readonly text: string };

const at = fc.nat(1_000_000);

export const damages: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constantFrom("drop_byte", "cut"), at }),
  fc.record({
    kind: fc.constant("other_byte"),
    at,
    instead: fc.string({ minLength: 1, maxLength: 3, unit: "binary" }),
  }),
  fc.record({ kind: fc.constantFrom("drop_line", "double_line"), at }),
  fc.record({ kind: fc.constantFrom("drop_field", "null_field"), at }),
  fc.record({
    kind: fc.constant("instead"),
    text: fc.constantFrom("", "{}", "[]", "null", '{"error":"Illegal state"}', "<html></html>", "Error 404: Not Found"),
  }),
);

export function applyDamage(text: string, damage: Damage): string {
  if (damage.kind === "instead") return damage.text;
  const where = text.length === 0 ? 0 : damage.at % text.length;
  switch (damage.kind) {
    case "drop_byte":
      return text.slice(0, where) + text.slice(where + 1);
    case "cut":
      return text.slice(0, where);
    case "other_byte":
      return text.slice(0, where) + damage.instead + text.slice(where + 1);
    case "drop_line":
    case "double_line": {
      const lines = text.split("\n");
      const line = damage.at % lines.length;
      return lines
        .flatMap((each, index) => (index !== line ? [each] : damage.kind === "drop_line" ? [] : [each, each]))
        .join("\n");
    }
    case "drop_field":
    case "null_field":
      return damageField(text, damage.at, damage.kind === "null_field");
  }
}

/** Every place in a JSON text that holds a value, counted from the outside inwards. */
export function countFields(text: string): number {
  let count = 0;
  visit(text, () => {
    count += 1;
    return false;
  });
  return count;
}

function damageField(text: string, at: number, isNulled: boolean): string {
  const count = countFields(text);
  if (count === 0) return text;
  let left = at % count;
  const json = visit(text, (holder, key) => {
    if (left-- !== 0) return false;
    if (isNulled) Reflect.set(holder, key, null);
    else if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
    return true;
  });
  return JSON.stringify(json);
}

/** Until `on` says that it is enough. Undefined for what is not JSON. */
function visit(text: string, on: (holder: object, key: string) => boolean): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  const walk = (value: unknown): boolean =>
    typeof value === "object" &&
    value !== null &&
    Object.keys(value).some((key) => on(value, key) || walk(Reflect.get(value, key)));
  walk(json);
  return json;
}
