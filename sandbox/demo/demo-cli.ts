// The plain Pulumi CLI as the demo runs it: in sight, with its command line shown, and told about Ctrl-C.

import { type ChildProcess, spawn } from "node:child_process";
import { runProcess } from "../toolchain/run-process";
import { renderCommand } from "./narrate";

export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface DemoCli {
  /** Runs with the output on the terminal, live; the result is the exit code. */
  show(args: readonly string[]): Promise<number>;
  /** As `show`, for a command that must succeed. */
  mustSucceed(args: readonly string[]): Promise<void>;
  /** Runs a small command of which only the command line is of interest. */
  prepare(args: readonly string[]): Promise<void>;
  /** Ends the running command as its own Ctrl-C would; each later one fails with `Interrupted`. */
  interrupt(signal: NodeJS.Signals): void;
}

export function createDemoCli(pulumi: string, cwd: string, env: Readonly<Record<string, string>>): DemoCli {
  let running: ChildProcess | undefined;
  let isInterrupted = false;
  const announce = (args: readonly string[]) => {
    if (isInterrupted) throw new Interrupted("interrupted");
    process.stdout.write(`${renderCommand(["pulumi", ...args])}\n`);
  };
  const show = async (args: readonly string[]): Promise<number> => {
    announce(args);
    // All three streams: on a terminal the CLI then draws its live tree, and reads what the terminal answers to its questions.
    const child = spawn(pulumi, args, { cwd, env: { ...env }, stdio: "inherit" });
    running = child;
    const code = await new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (exitCode) => resolve(exitCode ?? 1));
    });
    running = undefined;
    if (isInterrupted) throw new Interrupted("interrupted");
    return code;
  };
  return {
    show,
    async mustSucceed(args) {
      const code = await show(args);
      if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with code ${code}.`);
    },
    async prepare(args) {
      announce(args);
      const { code, stdout, stderr } = await runProcess(pulumi, args, { cwd, env });
      if (code !== 0) throw new Error(`pulumi ${args.join(" ")} failed: ${stderr}${stdout}`);
    },
    interrupt(signal) {
      isInterrupted = true;
      // On a terminal Ctrl-C has already reached the CLI; a second one would make it drop what it is doing.
      if (signal !== "SIGINT" || !process.stdin.isTTY) running?.kill(signal);
    },
  };
}
