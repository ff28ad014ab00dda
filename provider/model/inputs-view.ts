// The inputs as far as they are known and well formed, for rules that compare one value with another.
// A part that is unknown in preview, or already refused by the schema, is simply not there; what depends
// on it is not judged.

import { parseDuration } from "./parse-duration";
import { isUnknownAt, isUnknownValue, valueAt } from "./unknown-value";

export interface InputsView {
  /** The known text at a path. */
  text(...path: PropertyKey[]): string | undefined;
  number(...path: PropertyKey[]): number | undefined;
  ms(...path: PropertyKey[]): number | undefined;
  /** Known to be left out: neither given nor possibly given once everything is known. */
  isAbsent(...path: PropertyKey[]): boolean;
  keys(...path: PropertyKey[]): string[];
  /** How many elements the list at a path has; undefined when it is unknown or not a list. */
  count(...path: PropertyKey[]): number | undefined;
  value(...path: PropertyKey[]): unknown;
}

export function viewInputs(inputs: unknown): InputsView {
  const value = (...path: PropertyKey[]): unknown => (isUnknownAt(inputs, path) ? undefined : valueAt(inputs, path));
  const text = (...path: PropertyKey[]): string | undefined => {
    const found = value(...path);
    return typeof found === "string" ? found : undefined;
  };
  return {
    value,
    text,
    number: (...path) => {
      const found = value(...path);
      return typeof found === "number" ? found : undefined;
    },
    ms: (...path) => {
      const duration = parseDuration(text(...path) ?? "");
      return duration.ok ? duration.value : undefined;
    },
    isAbsent: (...path) => !isUnknownAt(inputs, path) && valueAt(inputs, path) === undefined,
    keys: (...path) => {
      const found = value(...path);
      return typeof found === "object" && found !== null && !Array.isArray(found) ? Object.keys(found) : [];
    },
    count: (...path) => {
      const found = value(...path);
      return Array.isArray(found) ? found.length : undefined;
    },
  };
}

/** One node as far as it is known. */
export interface NodeView {
  readonly index: number;
  readonly name: string | undefined;
  readonly host: string | undefined;
  /** Where ssh goes; undefined while that is not known. */
  readonly sshHost: string | undefined;
  /** Undefined while one of them is not known or not a role. */
  readonly roles: readonly string[] | undefined;
}

/** Every node, or undefined while the list itself is not known. */
export function viewNodes(view: InputsView): NodeView[] | undefined {
  const count = view.count("nodes");
  if (count === undefined) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const host = view.text("nodes", index, "host");
    return {
      index,
      name: view.text("nodes", index, "name"),
      host,
      sshHost: view.isAbsent("nodes", index, "sshHost") ? host : view.text("nodes", index, "sshHost"),
      roles: rolesOf(view.value("nodes", index, "roles")),
    };
  });
}

function rolesOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.some(isUnknownValue)) return undefined;
  return value.every((role) => role === "mserver" || role === "dbserver") ? value : undefined;
}
