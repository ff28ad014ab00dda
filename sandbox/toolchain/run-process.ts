import { type ChildProcess, spawn } from "node:child_process";
import { setPriority } from "node:os";

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  /** Leaves the processor to whatever else runs on the machine. */
  readonly isLowPriority?: boolean;
  readonly onStdout?: (text: string) => void;
  readonly onStderr?: (text: string) => void;
  /** Handed the process as soon as it runs, for a caller that may have to stop it. */
  readonly onStart?: (child: ChildProcess) => void;
}

export interface ProcessResult {
  /** Undefined when the process could not be started, was killed or took too long. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly isTimedOut: boolean;
}

/** Runs a program to its end and never rejects: a program that cannot be started is a result with the reason in `stderr`. */
export function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? process.env) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    let isTimedOut = false;
    const killOnExit = () => child.kill("SIGKILL");
    process.once("exit", killOnExit);
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            isTimedOut = true;
            child.kill("SIGKILL");
          }, options.timeoutMs);
    const finish = (code: number | undefined) => {
      clearTimeout(timer);
      process.removeListener("exit", killOnExit);
      resolve({ code: isTimedOut ? undefined : code, stdout, stderr, isTimedOut });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      options.onStdout?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      options.onStderr?.(text);
    });
    child.once("error", (error) => {
      stderr += error.message;
      finish(undefined);
    });
    child.once("close", (code) => finish(code ?? undefined));
    child.once("spawn", () => {
      if (options.isLowPriority && child.pid !== undefined) lowerPriority(child.pid);
      options.onStart?.(child);
    });
  });
}

function lowerPriority(pid: number): void {
  try {
    setPriority(pid, 10);
  } catch {
    // Only politeness: the program also works at the usual priority.
  }
}

/** Splits a stream into lines; what comes without a line end waits for the rest. */
export function splitLines(onLine: (line: string) => void): (text: string) => void {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.replace(/\r$/, ""));
  };
}
