// In a preview, a value that is not known yet arrives as this text, even in place of a list or an object
// (the engine hands it to dynamic providers as it is).

export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export const isUnknownValue = (value: unknown): boolean => value === UNKNOWN_VALUE;

export const hasUnknownValue = (value: unknown): boolean => unknownPaths(value).length > 0;

/** Where the unknown values are. */
export function unknownPaths(value: unknown, path: readonly PropertyKey[] = []): PropertyKey[][] {
  if (isUnknownValue(value)) return [[...path]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    unknownPaths(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** True when the value at `path`, or something that it would be part of, is not known yet. */
export function isUnknownAt(root: unknown, path: readonly PropertyKey[]): boolean {
  let value = root;
  for (const key of path) {
    if (isUnknownValue(value)) return true;
    value = propertyOf(value, key);
  }
  return isUnknownValue(value);
}

/** The value at `path`, or undefined where there is none. Own properties only, so that no name reaches a prototype. */
export function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(propertyOf, root);
}

function propertyOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}
