import { type ChildProcess, spawn } from "node:child_process";
import { timingSafeEqual } from "node:crypto";
import { connect } from "node:net";
import {
  type Connection,
  type ParsedKey,
  type PublicKeyAuthContext,
  Server,
  type ServerChannel,
  type Session,
  utils,
} from "ssh2";

export interface SshServerOptions {
  readonly hostKey: string;
  readonly user: string;
  /** One authorized_keys line. */
  readonly authorizedKey: string;
  /** The host's shell script. */
  readonly shell: string;
}

/**
 * The ssh server of one host, in the daemon: public key only, commands in the host's shell, forwarding of
 * connections to addresses of this machine (for use as a bastion). No terminal, no file transfer.
 */
export function createSshServer(options: SshServerOptions): Server {
  const authorized = utils.parseKey(options.authorizedKey);
  if (authorized instanceof Error) throw authorized;
  return new Server({ hostKeys: [options.hostKey], ident: "bmdb-sandbox" }, (connection) => {
    withoutDelay(connection);
    connection.on("error", () => undefined); // A client that goes away is no matter of the server.
    connection.on("authentication", (context) => {
      const isAllowed =
        context.method === "publickey" && context.username === options.user && isKeyProven(context, authorized);
      if (isAllowed) context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("ready", () => serve(connection, options.shell));
  });
}

/** Or small packets wait for the other side's acknowledgement, some 40 ms each. The types leave it out for a server's side. */
function withoutDelay(connection: Connection & { setNoDelay?(noDelay: boolean): unknown }): void {
  connection.setNoDelay?.(true);
}

function isKeyProven(context: PublicKeyAuthContext, authorized: ParsedKey): boolean {
  const expected = authorized.getPublicSSH();
  const isSameKey = context.key.data.length === expected.length && timingSafeEqual(context.key.data, expected);
  if (context.key.algo !== authorized.type || !isSameKey) return false;
  // Without a signature the client only asks whether the key would do.
  if (context.signature === undefined || context.blob === undefined) return true;
  return authorized.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function serve(connection: Connection, shell: string): void {
  connection.on("session", (acceptSession) => {
    const session = acceptSession();
    session.on("env", (_accept, reject) => reject?.());
    session.on("exec", (accept, _reject, info) => run(session, accept(), shell, info.command));
    session.on("shell", (accept) => run(session, accept(), shell, ""));
  });
  connection.on("tcpip", (accept, reject, info) => {
    // The sandbox is no proxy into the network: only addresses of this machine.
    if (!/^127\.\d+\.\d+\.\d+$/.test(info.destIP) && info.destIP !== "localhost") return reject();
    const socket = connect(info.destPort, info.destIP);
    socket.once("error", () => reject());
    socket.once("connect", () => {
      const channel = accept();
      socket.removeAllListeners("error").on("error", () => channel.destroy());
      channel.on("error", () => socket.destroy()).on("close", () => socket.destroy());
      socket.pipe(channel).pipe(socket);
    });
  });
}

function run(session: Session, channel: ServerChannel, shell: string, command: string): void {
  // A group of its own, so that a signal reaches all of the command, as with a real sshd.
  const child = spawn(shell, [], { env: { SSH_ORIGINAL_COMMAND: command }, detached: true });
  session.on("signal", (accept, reject, info) => (signalGroup(child, info.name) ? accept?.() : reject?.()));
  child.on("error", () => {
    channel.exit(255);
    channel.close();
  });
  channel.pipe(child.stdin).on("error", () => undefined);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on("exit", (code, signal) => {
    if (code !== null) channel.exit(code);
    else if (signal !== null) channel.exit(signal.replace(/^SIG/, ""), false, "");
  });
  // "close" comes when nobody holds the command's output any more, which a process in the background may do for long.
  child.on("close", () => {
    channel.end();
    channel.close();
  });
  channel.on("error", () => undefined);
  channel.on("close", () => {
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  });
}

function signalGroup(child: ChildProcess, name: string): boolean {
  if (child.pid === undefined || !/^[A-Z0-9]+$/.test(name)) return false;
  try {
    return process.kill(-child.pid, `SIG${name.replace(/^SIG/, "")}`);
  } catch {
    return false;
  }
}
