// Every "host" is this machine: commands are run by /bin/sh with a home directory of the test's.

import { spawn } from "node:child_process";
import type { CommandOptions, CommandResult, Shell } from "../../provider/ports";

export interface LocalShell extends Shell {
  /** What was run, in order, with what it got on standard input. */
  readonly ran: readonly { readonly node: string; readonly command: string; readonly stdin: string | undefined }[];
}

/** `instead`: gives the result of a command that must not really run; undefined: it runs. */
export function createLocalShell(
  home: string,
  instead: (command: string) => CommandResult | undefined = () => undefined,
): LocalShell {
  const ran: { node: string; command: string; stdin: string | undefined }[] = [];
  return {
    ran,
    async run(node: string, command: string, options: CommandOptions) {
      ran.push({ node, command, stdin: options.stdin });
      return instead(command) ?? runHere(home, command, options.stdin ?? "");
    },
    close: async () => undefined,
  };
}

function runHere(home: string, command: string, stdin: string): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("/bin/sh", ["-c", command], { env: { HOME: home, PATH: process.env["PATH"] } });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (data: Buffer) => stdout.push(data));
    child.stderr.on("data", (data: Buffer) => stderr.push(data));
    child.on("error", reject);
    child.on("close", (code) =>
      resolve({ code, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
    child.stdin.on("error", () => undefined).end(stdin);
  });
}
