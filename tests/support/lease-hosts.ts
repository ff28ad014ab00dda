// Hosts in memory that understand the lease's commands by their first line, as the simulator's do: enough for every
// interleaving of two runs. tests/provider/lease/lease-commands.test.ts holds them against /bin/sh.

import { buildGuard, GUARD_REFUSED } from "../../provider/lease/lease-commands";
import type { CommandResult } from "../../provider/ports";

export interface LeaseHost {
  /** What lies in ~/.pulumi-bmdb/lease. */
  lease: string;
}

const HEAD = /^: lease (\w+)((?: '[^'\n]*')*)\n/;
/** The guard's lines, whatever it guards. */
const GUARD_LINES = buildGuard({
  state: "held",
  epoch: 1,
  beat: 0,
  termMs: 1,
  owner: { stack: "", host: "", person: "", runId: "", since: "" },
}).split("\n").length;

const identityOf = (text: string): string => text.split(" ").slice(0, 3).join(" ");
const epochOf = (text: string): number => Number(/^[a-z]* (\d+) /.exec(text)?.[1] ?? 0);
const result = (code: number, stdout: string, stderr = ""): CommandResult => ({ code, stdout, stderr });

/**
 * The answer to a command of the lease; `pass` is given what a guard lets through. Undefined: it is no command of the lease.
 */
export function runLeaseCommand(
  host: LeaseHost,
  command: string,
  pass: (guarded: string) => CommandResult | Promise<CommandResult>,
): CommandResult | Promise<CommandResult> | undefined {
  const head = HEAD.exec(command);
  if (!head) return undefined;
  const [first = "", second = "", third = ""] = [...(head[2] ?? "").matchAll(/'([^'\n]*)'/g)].map(
    (match) => match[1] ?? "",
  );
  const write = (isDue: boolean, text: string): CommandResult => {
    if (isDue) host.lease = text;
    return result(0, `${isDue ? "written" : "kept"}\n${host.lease}`);
  };
  switch (head[1]) {
    case "read":
      return result(0, host.lease);
    case "take":
      return write(host.lease === first, second);
    case "raise":
      return write(epochOf(host.lease) <= Number(first) && identityOf(host.lease) !== third, second);
    case "release":
    case "replace":
      return write(identityOf(host.lease) === first, second);
    case "guard":
      return identityOf(host.lease) === first
        ? pass(
            command
              .split("\n")
              .slice(GUARD_LINES - 1)
              .join("\n"),
          )
        : result(GUARD_REFUSED, "", `lease: refused, here is ${host.lease}\n`);
    default:
      throw new Error(`no such command of the lease: ${head[1]}`);
  }
}
