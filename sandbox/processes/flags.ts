// gflags as far as BMDB's servers use it: `--name=value`, `--name value`, `-name`, `--noname`, `--flagfile`.

import * as fs from "node:fs";
import type { ServerRole } from "../cluster/auto-flags";
import { TIMER_FLAGS } from "../cluster/timers";
import { type FlagDefinition, listFlagDefinitions } from "./flag-definitions";

export class FlagError extends Error {}

export interface Flags {
  /** Every flag with its effective value. */
  readonly values: ReadonlyMap<string, string>;
  /** Those that the user set. */
  readonly given: ReadonlySet<string>;
  readonly definitions: readonly FlagDefinition[];
}

export function parseFlags(role: ServerRole, args: readonly string[]): Flags {
  const known = new Map(listFlagDefinitions(role, 1).map((flag) => [flag.name, flag]));
  const given = new Map<string, string>();
  readArguments(args, known, given);
  const scale = Number(given.get("sandbox_time_scale") ?? "1");
  if (!(scale > 0))
    throw new FlagError(
      `ERROR: illegal value '${given.get("sandbox_time_scale")}' specified for double flag 'sandbox_time_scale'`,
    );
  const definitions = listFlagDefinitions(role, scale);
  const values = new Map(definitions.map((flag) => [flag.name, given.get(flag.name) ?? flag.defaultValue]));
  return { values, given: new Set(given.keys()), definitions };
}

/** The timers that the user set, as numbers in the flag's own unit. */
export function readGivenTimers(flags: Flags): Record<string, number> {
  const timers: Record<string, number> = {};
  for (const { name } of TIMER_FLAGS) {
    if (!flags.given.has(name)) continue;
    const value = Number(flags.values.get(name));
    if (!Number.isFinite(value) || value < 0) {
      throw new FlagError(`ERROR: illegal value '${flags.values.get(name)}' specified for int32 flag '${name}'`);
    }
    timers[name] = value;
  }
  return timers;
}

function readArguments(
  args: readonly string[],
  known: ReadonlyMap<string, FlagDefinition>,
  given: Map<string, string>,
): void {
  for (let i = 0; i < args.length; i++) {
    const match = /^--?([A-Za-z_][\w-]*)(?:=([\s\S]*))?$/.exec(args[i] ?? "");
    if (match === null) continue;
    const written = (match[1] ?? "").replaceAll("-", "_");
    const flag = known.get(written) ?? (written.startsWith("no") ? known.get(written.slice(2)) : undefined);
    if (flag === undefined) throw new FlagError(`ERROR: unknown command line flag '${written}'`);
    let value = match[2];
    if (flag.name !== written) {
      if (!flag.isBoolean)
        throw new FlagError(`ERROR: boolean value (no${flag.name}) specified for non-boolean flag '${flag.name}'`);
      value = "false";
    } else if (flag.isBoolean) {
      value = readBoolean(flag.name, value);
    } else if (value === undefined) {
      value = args[++i];
      if (value === undefined) throw new FlagError(`ERROR: flag '${flag.name}' is missing its argument`);
    }
    given.set(flag.name, value);
    if (flag.name === "flagfile") readArguments(readFlagFile(value), known, given);
  }
}

function readBoolean(name: string, value: string | undefined): string {
  const word = (value ?? "true").toLowerCase();
  if (["true", "t", "yes", "y", "1"].includes(word)) return "true";
  if (["false", "f", "no", "n", "0"].includes(word)) return "false";
  throw new FlagError(`ERROR: illegal value '${value}' specified for bool flag '${name}'`);
}

function readFlagFile(file: string): string[] {
  let content: string;
  try {
    content = fs.readFileSync(file, "utf8");
  } catch {
    throw new FlagError(`${file}: No such file or directory`);
  }
  const lines = content.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => (line.startsWith("-") ? line : `--${line}`));
}
