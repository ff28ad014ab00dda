// Runs one command on a remote host and gives back what it printed.
//
// Variables are sent as ssh environment requests, like the official plugin's. One difference: nobody waits for the answer to them, so a
// server that refuses a variable (no AcceptEnv) is not reported; the command then runs without it.

import { StringDecoder } from "node:string_decoder";
import type { Client, ClientChannel } from "ssh2";

export interface CommandRun {
  readonly command: string;
  readonly stdin: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly onStdoutLine: (line: string) => void;
  readonly onStderrLine: (line: string) => void;
}

export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

export function runCommand(client: Client, run: CommandRun): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    client.once("close", () => reject(new Error("the connection was lost while the command ran")));
    client.exec(run.command, { env: { ...run.environment } }, (error, channel) => {
      if (error) reject(error);
      else collect(channel, run).then(resolve, reject);
    });
  });
}

function collect(channel: ClientChannel, run: CommandRun): Promise<CommandOutput> {
  return new Promise((resolve, reject) => {
    let both = "";
    const stdout = createCollector(run.onStdoutLine, (text) => {
      both += text;
    });
    const stderr = createCollector(run.onStderrLine, (text) => {
      both += text;
    });
    let end: { code: number | null; signal?: string } | undefined;
    channel.on("data", stdout.add);
    channel.stderr.on("data", stderr.add);
    channel.on("exit", (code: number | null, signal?: string) => {
      end = signal === undefined ? { code } : { code, signal };
    });
    channel.on("error", reject);
    channel.on("close", () => {
      const output = { stdout: stdout.finish(), stderr: stderr.finish() };
      if (end?.code === 0) resolve(output);
      else reject(new Error(`${renderEnd(end)}: running ${JSON.stringify(run.command)}:\n${both}`));
    });
    channel.end(run.stdin ?? "");
  });
}

function renderEnd(end: { code: number | null; signal?: string } | undefined): string {
  if (end === undefined) return "wait: remote command exited without exit status or exit signal";
  if (end.signal !== undefined) return `Process exited with signal ${end.signal.replace(/^SIG/, "")}`;
  return `Process exited with status ${end.code}`;
}

/** Keeps a stream's text, and says its lines as they come. One line end at the very end is dropped, as the official plugin does. */
function createCollector(onLine: (line: string) => void, onText: (text: string) => void) {
  const decoder = new StringDecoder("utf8");
  let all = "";
  let rest = "";
  const take = (text: string) => {
    all += text;
    onText(text);
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  };
  return {
    add: (chunk: Buffer) => take(decoder.write(chunk)),
    finish(): string {
      take(decoder.end());
      if (rest !== "") onLine(rest);
      return all.replace(/\n$/, "");
    },
  };
}
