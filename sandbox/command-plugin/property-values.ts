// Property values as they travel between engine and plugin: secrets and outputs come wrapped, unknown values as a fixed string.

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** What stands for a value that is known only after another resource was made; only in previews. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The plain value, whatever was wrapped around it or inside it. */
export function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (!isRecord(value)) return value;
  if (value[SIGNATURE] === SECRET) return unwrap(value["value"]);
  if (value[SIGNATURE] === OUTPUT) return "value" in value ? unwrap(value["value"]) : UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
}

export function wrapSecret(value: unknown): unknown {
  return { [SIGNATURE]: SECRET, value };
}

/** Whether the value is a secret or holds one. */
export function hasSecret(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  if (!isRecord(value)) return false;
  if (value[SIGNATURE] === SECRET || (value[SIGNATURE] === OUTPUT && value["secret"] === true)) return true;
  return Object.values(value).some(hasSecret);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
