// What a person's own ssh uses, for commands that have no Pulumi program to tell them.

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export const knownHostsPath = (): string => join(homedir(), ".ssh", "known_hosts");
export const agentSocketPath = (): string | undefined => process.env["SSH_AUTH_SOCK"];

/** `what` stands in the message when it cannot be read. */
export function readOwnFile(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
