import { accessSync, constants, statSync } from "node:fs";
import { delimiter, resolve } from "node:path";

/** The first executable of this name in a PATH, as a shell would find it. */
export function findOnPath(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((dir) => dir !== "")
    .map((dir) => resolve(dir, name))
    .find(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
