// A small ssh server on 127.0.0.1 that runs commands with /bin/sh: the other end of `command:remote:Command` in tests.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { type AuthContext, type Connection, Server, type ServerChannel, utils } from "ssh2";

export interface ShellSshServer {
  readonly port: number;
  /** One authorized_keys line. */
  readonly hostKey: string;
  /** A client key that it accepts. */
  readonly privateKey: string;
  /** The commands it ran, in order. */
  readonly commands: readonly string[];
  /** How many clients got as far as asking for a login. */
  readonly loginCount: () => number;
  stop(): Promise<void>;
}

export const PASSWORD = "correct horse";

export async function startShellSshServer(
  options: {
    readonly clientKey?: { private: string; public: string };
    /** What commands get besides PATH and what the client sends. */
    readonly env?: Readonly<Record<string, string>>;
    /** Takes a command and loses the connection before it has said so. */
    readonly isLostAtCommand?: boolean;
  } = {},
): Promise<ShellSshServer> {
  const host = createKeyPair();
  const client = options.clientKey ?? createKeyPair();
  const commands: string[] = [];
  let loginCount = 0;
  const server = new Server({ hostKeys: [host.private] }, (connection) => {
    connection.on("error", () => undefined);
    connection.on("authentication", (login) => {
      loginCount++;
      if (isWelcome(login, client.public)) login.accept();
      else login.reject(["publickey", "password"]);
    });
    connection.on("ready", () =>
      serveCommands(connection, commands, options.env ?? {}, options.isLostAtCommand ?? false),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: host.public.split(" ").slice(0, 2).join(" "),
    privateKey: client.private,
    commands,
    loginCount: () => loginCount,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** One in 256 of the pairs that ssh2 makes is malformed (a public key that begins with a zero byte): such a pair is thrown away. */
export function createKeyPair(passphrase?: string): { private: string; public: string } {
  for (;;) {
    const pair =
      passphrase === undefined
        ? utils.generateKeyPairSync("ed25519")
        : utils.generateKeyPairSync("ed25519", { passphrase, cipher: "aes256-ctr", rounds: 4 });
    if (isReadable(pair.private, passphrase)) return pair;
  }
}

function isReadable(privateKey: string, passphrase: string | undefined): boolean {
  try {
    return !(utils.parseKey(privateKey, passphrase) instanceof Error);
  } catch {
    return false;
  }
}

function isWelcome(login: AuthContext, publicKey: string): boolean {
  if (login.method === "password") return login.password === PASSWORD;
  if (login.method !== "publickey") return false;
  const known = utils.parseKey(publicKey);
  if (known instanceof Error) throw known;
  if (!login.key.data.equals(known.getPublicSSH())) return false;
  return login.signature === undefined || known.verify(login.blob ?? "", login.signature, login.hashAlgo) === true;
}

function serveCommands(
  connection: Connection,
  commands: string[],
  ownEnv: Readonly<Record<string, string>>,
  isLostAtCommand: boolean,
): void {
  connection.on("session", (accept) => {
    const session = accept();
    const env: Record<string, string> = { ...ownEnv };
    session.on("env", (acceptVariable, _reject, { key, val }) => {
      env[key] = val;
      acceptVariable?.();
    });
    session.on("exec", (acceptCommand, _reject, { command }) => {
      commands.push(command);
      if (isLostAtCommand) return connection.end();
      runShell(acceptCommand(), command, env);
    });
  });
  // A bastion: connects onwards to where the client asks.
  connection.on("tcpip", (accept, _reject, { destIP, destPort }) => {
    const onward = connect(destPort, destIP);
    const channel = accept();
    onward.on("error", () => channel.end());
    channel.pipe(onward).pipe(channel);
  });
}

function runShell(channel: ServerChannel, command: string, env: Record<string, string>): void {
  const shell = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env["PATH"], ...env } });
  channel.pipe(shell.stdin).on("error", () => undefined);
  shell.stdout.on("data", (data: Buffer) => channel.write(data));
  shell.stderr.on("data", (data: Buffer) => channel.stderr.write(data));
  shell.on("close", (code, signal) => {
    if (signal === null) channel.exit(code ?? 1);
    else channel.exit(signal);
    channel.end();
  });
}
