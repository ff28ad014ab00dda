import { isAbsolute, resolve } from "node:path";
import type { SandboxOptions } from "../types";

const VERSION = /^\d+\.\d+\.\d+\.\d+(?:-b\d+)?$/;

/** All that is wrong with the options, at once; nothing has been touched by then. */
export function assertOptionsAreSound(options: SandboxOptions): void {
  const problems = [...hostProblems(options), ...valueProblems(options)];
  if (problems.length > 0)
    throw new Error(`The sandbox cannot be made like this:\n${problems.map((p) => `  ${p}\n`).join("")}`);
}

function* hostProblems({ hosts }: SandboxOptions): Generator<string> {
  const names = new Set<string>();
  for (const { name, roles, zone } of hosts) {
    if (!/^[a-z][a-z0-9-]*$/.test(name))
      yield `hosts: "${name}" is not a name: a small letter first, then small letters, digits and "-"`;
    if (names.has(name)) yield `hosts: "${name}" is there twice`;
    names.add(name);
    if (roles.length === 0) yield `hosts: "${name}" has no role: mserver, dbserver, or both`;
    if (zone !== undefined && !/^[a-z0-9][a-z0-9-]*$/i.test(zone))
      yield `hosts: the zone of "${name}", "${zone}", is not a plain word`;
  }
  for (const role of ["mserver", "dbserver"] as const) {
    if (!hosts.some((host) => host.roles.includes(role))) yield `hosts: none has the role ${role}`;
  }
}

function* valueProblems(options: SandboxOptions): Generator<string> {
  for (const version of [options.version, ...(options.releases ?? [])]) {
    if (!VERSION.test(version)) yield `version: "${version}" is not one: four numbers, such as 2.16.0.0`;
  }
  if (options.timeScale !== undefined && !(options.timeScale > 0 && options.timeScale <= 10)) {
    yield `timeScale: ${options.timeScale} is not above 0 and at most 10`;
  }
  for (const name of ["replicationFactor", "tiles", "walRetentionSeconds"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      yield `${name}: ${value} is not a whole number from 1 up`;
  }
  // It goes into environment variables, flag files and configuration files, one to a line.
  const dir = isAbsolute(options.dir) ? options.dir : resolve(options.dir);
  if (/["\n\\%]/.test(dir)) yield `dir: ${JSON.stringify(dir)} holds a character that configuration files cannot carry`;
}
