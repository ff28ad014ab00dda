import { hostname, userInfo } from "node:os";

/** Who runs this, for whoever meets his lease: the machine and the name of its user. */
export function readOperator(): { readonly host: string; readonly person: string } {
  return { host: hostname(), person: readUserName() ?? process.env["USER"] ?? "unknown" };
}

function readUserName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid without a name.
    return undefined;
  }
}
