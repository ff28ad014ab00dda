import { Client, type ConnectConfig } from "ssh2";
import type { SandboxHost } from "../../../sandbox/types";

export interface SshResult {
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Logs in; the host key must be the one that the sandbox announced. */
export function connectTo(host: SandboxHost, privateKey: string, overrides: ConnectConfig = {}): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    client.on("connect", () => client.setNoDelay(true));
    client.on("ready", () => resolve(client)).on("error", reject);
    client.connect({
      host: host.address,
      port: host.sshPort,
      username: host.sshUser,
      privateKey,
      readyTimeout: 10_000,
      hostVerifier: (key: Buffer) => `ssh-ed25519 ${key.toString("base64")}` === host.hostKey,
      ...overrides,
    });
  });
}

/** Runs one command and resolves when its channel is closed. */
export function runOver(
  client: Client,
  command: string,
  options: { stdin?: string; signal?: string } = {},
): Promise<SshResult> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let stdout = "";
      let stderr = "";
      let code: number | undefined;
      let signal: string | undefined;
      channel.on("exit", (status: number | null, name?: string) => {
        code = status ?? undefined;
        signal = name;
      });
      channel.on("data", (chunk: Buffer) => {
        stdout += chunk.toString();
        if (options.signal !== undefined) channel.signal(options.signal);
      });
      channel.stderr.on("data", (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      channel.on("close", () => resolve({ code, signal, stdout, stderr }));
      // A client whose standard input has ended can send no signal any more.
      if (options.signal === undefined) channel.end(options.stdin ?? "");
    });
  });
}
