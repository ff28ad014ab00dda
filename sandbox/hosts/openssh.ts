import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, openSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import type { HostPaths } from "./layout";
import { pollUntil } from "./poll";
import { shellQuote } from "./quote";
import { readTail } from "./read-tail";
import { findProgram } from "./tools";

/** Where `sshd` is. Raises with what to install. */
export function findSshd(): string {
  const sshd = findProgram("sshd");
  if (sshd === undefined) throw new Error("There is no sshd on this machine: apt-get install openssh-server");
  return sshd;
}

export interface SshdOptions {
  readonly host: HostPaths;
  readonly address: string;
  readonly port: number;
  readonly authorizedKeys: string;
}

/** A real sshd with a configuration of its own, as a child of the caller. Resolves when it answers. */
export async function startSshd(options: SshdOptions): Promise<ChildProcess> {
  const sshd = findSshd();
  // sshd insists on this folder when it runs as root; a package's service makes it only when it starts.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  writeFileSync(options.host.sshdConfig, renderSshdConfig(options));
  const config = ["-f", options.host.sshdConfig, "-o", "LogLevel=VERBOSE"];
  // Newer releases make an address wait after refused logins, and all of ours come from one address.
  const lenient = [...config, "-o", "PerSourcePenalties=no"];
  const knowsPenalties = spawnSync(sshd, ["-t", ...lenient], { stdio: "ignore" }).status === 0;
  const log = openSync(options.host.sshdLog, "a");
  const child = spawn(sshd, ["-D", "-e", ...(knowsPenalties ? lenient : config)], {
    stdio: ["ignore", log, log],
    env: { ...process.env, LANG: "C.UTF-8" },
  });
  let end: string | undefined;
  child.on("error", (error) => {
    end = error.message;
  });
  child.on("exit", (code, signal) => {
    end = `it ended with ${code ?? signal}`;
  });
  const isUp = await pollUntil(async () => {
    if (end !== undefined) return false;
    return (await answers(options.address, options.port)) ? true : undefined;
  }, 10_000);
  if (isUp !== true) {
    child.kill();
    throw new Error(
      `sshd did not come up on ${options.address}:${options.port}: ${end ?? "no answer for 10 s"}\n${readTail(options.host.sshdLog)}`,
    );
  }
  return child;
}

const quoted = (path: string): string => `"${path}"`;

const renderSshdConfig = ({ host, address, port, authorizedKeys }: SshdOptions): string => `ListenAddress ${address}
Port ${port}
HostKey ${quoted(host.hostKey)}
PidFile ${quoted(host.sshdPid)}
AuthorizedKeysFile ${quoted(authorizedKeys)}
# The sandbox may lie below a folder that others can write to, such as /tmp.
StrictModes no
UsePAM no
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AllowTcpForwarding yes
X11Forwarding no
AllowAgentForwarding no
PermitUserEnvironment no
PermitUserRC no
PrintMotd no
PrintLastLog no
UseDNS no
MaxStartups 200
MaxSessions 100
ForceCommand ${shellQuote(host.shell)}
`;

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 1000 });
    const done = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once("data", () => done(true)); // Its greeting: it serves, not just listens.
    socket.once("error", () => done(false));
    socket.once("timeout", () => done(false));
    socket.once("close", () => done(false));
  });
}
