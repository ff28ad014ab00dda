// The plain Pulumi CLI as the demo runs it: in sight, with its command line shown, and told about Ctrl-C.

import { type ChildProcess, spawn } from "node:child_process";
import { renderCommand } from "./narrate";

export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface DemoCli {
  /** Runs with the output on the terminal; the result is the exit code. */
  show(args: readonly string[]): Promise<number>;
  /** As `show`, for a command that must succeed. */
  mustSucceed(args: readonly string[]): Promise<void>;
  /** Ends the running command as its own Ctrl-C would; each later call of `show` fails with `Interrupted`. */
  interrupt(signal: NodeJS.Signals): void;
}

export function createDemoCli(pulumi: string, cwd: string, env: Readonly<Record<string, string>>): DemoCli {
  let running: ChildProcess | undefined;
  let isInterrupted = false;
  const show = (args: readonly string[]) =>
    new Promise<number>((resolve, reject) => {
      if (isInterrupted) throw new Interrupted("interrupted");
      process.stdout.write(`${renderCommand(["pulumi", ...args])}\n`);
      const child = spawn(pulumi, args, { cwd, env: { ...env }, stdio: ["ignore", "inherit", "inherit"] });
      running = child;
      child.once("error", reject);
      child.once("close", (code) => {
        running = undefined;
        if (isInterrupted) reject(new Interrupted("interrupted"));
        else resolve(code ?? 1);
      });
    });
  return {
    show,
    async mustSucceed(args) {
      const code = await show(args);
      if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with code ${code}.`);
    },
    interrupt(signal) {
      isInterrupted = true;
      // On a terminal Ctrl-C has already reached the CLI; a second one would make it drop what it is doing.
      if (signal !== "SIGINT" || !process.stdin.isTTY) running?.kill(signal);
    },
  };
}
