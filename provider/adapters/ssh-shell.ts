// Commands over ssh: one connection per host and run, a bastion's too, opened when first needed, host keys always verified.

import type { Duplex } from "node:stream";
import { Client, type ClientChannel, type ConnectConfig } from "ssh2";
import { commandTimedOut, hostKeyChanged, hostKeyUnknown, hostUnreachable, sshLoginRefused } from "../errors/catalog";
import type { DesiredNode, SshAccess } from "../model/desired";
import { judgeHostKey, type KnownHostKeys, knownKeysFor } from "../model/known-hosts";
import { quoteWord } from "../model/quote";
import type { CommandOptions, CommandResult, Shell } from "../ports";

/** A command's output beyond this is cut; no answer that we parse comes near. */
const OUTPUT_BYTES_MAX = 8 * 1024 * 1024;

/** Its name in errors, and no node's: those have no dots. */
const BASTION = "ssh.bastion";

export interface SshShell extends Shell {
  /** A stream to a port of a node as the node itself reaches it, over the same connection. Rejects with ssh2's own error. */
  dial(host: string, port: number): Promise<Duplex>;
}

export function createSshShell(nodes: readonly DesiredNode[], access: SshAccess, connectTimeoutMs: number): SshShell {
  const connections = new Map<string, Promise<Client>>();
  const clients = new Set<Client>();

  const connectOnce = (key: string, open: (onLost: () => void) => Promise<Client>): Promise<Client> => {
    const existing = connections.get(key);
    if (existing) return existing;
    // Only its own entry: the end of an earlier connection must not take a later one out.
    const forget = (): void => {
      if (connections.get(key) === made) connections.delete(key);
    };
    const made: Promise<Client> = open(forget);
    connections.set(key, made);
    // A failed or lost connection is forgotten, so that the next command tries anew.
    made.catch(forget);
    return made;
  };
  // One for all hosts behind it: an sshd refuses logins when some ten of them begin at once (its MaxStartups).
  const connectToBastion = (bastion: Bastion): Promise<Client> =>
    connectOnce(BASTION, (onLost) => openBastion(bastion, access, { timeoutMs: connectTimeoutMs, clients, onLost }));
  const connect = (node: DesiredNode): Promise<Client> =>
    connectOnce(node.name, (onLost) =>
      openConnection(node, access, connectToBastion, { timeoutMs: connectTimeoutMs, clients, onLost }),
    );

  return {
    async run(name, command, options) {
      const node = nodes.find((each) => each.name === name);
      if (node === undefined) throw new Error(`unknown node ${name}`);
      const place = { node: name, address: `${node.sshHost}:${portOf(node, access)}` };
      return runOn(await connect(node), place, command, options);
    },
    async dial(host, port) {
      const node = nodes.find((each) => each.host === host);
      if (node === undefined) throw new Error(`no node has the address ${host}`);
      return forward(await connect(node), host, port);
    },
    async close() {
      for (const client of clients) client.end();
      connections.clear();
      clients.clear();
    },
  };
}

const portOf = (node: DesiredNode, access: SshAccess): number => access.hosts[node.name]?.port ?? access.port;

type Bastion = NonNullable<SshAccess["bastion"]>;

interface Opening {
  readonly timeoutMs: number;
  readonly clients: Set<Client>;
  readonly onLost: () => void;
}

async function openConnection(
  node: DesiredNode,
  access: SshAccess,
  connectToBastion: (bastion: Bastion) => Promise<Client>,
  opening: Opening,
): Promise<Client> {
  const port = portOf(node, access);
  const target: Target = {
    name: node.name,
    hostKeySetting: `ssh.hosts.${node.name}.hostKey`,
    host: node.sshHost,
    port,
    user: access.user,
    privateKey: access.hosts[node.name]?.privateKey ?? access.privateKey,
    passphrase: access.passphrase,
    agent: access.agentSocketPath,
    known: knownKeysFor({
      text: access.knownHosts,
      hostKey: access.hosts[node.name]?.hostKey,
      host: node.sshHost,
      port,
    }),
  };
  const { bastion } = access;
  if (!bastion) return connectTo(target, opening, undefined);
  const jump = await connectToBastion(bastion);
  const tunnel = await within(opening.timeoutMs, forward(jump, target.host, target.port)).catch((error: Error) => {
    throw hostUnreachable({
      node: node.name,
      address: `${target.host}:${target.port} behind ${bastion.host}`,
      cause: error.message,
    });
  });
  return connectTo(target, opening, tunnel);
}

function openBastion(bastion: Bastion, access: SshAccess, opening: Opening): Promise<Client> {
  const { host, port, user } = bastion;
  const target: Target = {
    name: BASTION,
    hostKeySetting: `${BASTION}.hostKey`,
    host,
    port,
    user,
    privateKey: bastion.privateKey ?? access.privateKey,
    passphrase: access.passphrase,
    agent: access.agentSocketPath,
    known: knownKeysFor({ text: access.knownHosts, hostKey: bastion.hostKey, host, port }),
  };
  return connectTo(target, opening, undefined);
}

/** A bastion that cannot reach a host answers when its own system gives up, which takes minutes. */
function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let limit: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    limit = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  });
  return Promise.race([work, expired]).finally(() => clearTimeout(limit));
}

const forward = (client: Client, host: string, port: number): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => (error ? reject(error) : resolve(channel)));
  });

interface Target {
  readonly name: string;
  readonly hostKeySetting: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string | undefined;
  readonly passphrase: string | undefined;
  readonly agent: string | undefined;
  readonly known: KnownHostKeys;
}

function connectTo(
  target: Target,
  { timeoutMs, clients, onLost }: Opening,
  sock: ClientChannel | undefined,
): Promise<Client> {
  const address = `${target.host}:${target.port}`;
  return new Promise((resolve, reject) => {
    const client = new Client();
    let keyTrouble: Error | undefined;
    const config: ConnectConfig = {
      host: target.host,
      port: target.port,
      username: target.user,
      readyTimeout: timeoutMs,
      keepaliveInterval: 5_000,
      keepaliveCountMax: 4,
      ...(target.privateKey !== undefined && { privateKey: target.privateKey }),
      ...(target.passphrase !== undefined && { passphrase: target.passphrase }),
      ...(target.agent !== undefined && { agent: target.agent }),
      ...(sock && { sock }),
      // Ask only for key types that we know of this host, or a server with several would offer another one.
      ...(target.known.algorithms.length > 0 && { algorithms: { serverHostKey: target.known.algorithms as never } }),
      hostVerifier: (key: Buffer) => {
        const verdict = judgeHostKey(target.known, key);
        if (verdict.kind === "match") return true;
        keyTrouble =
          verdict.kind === "unknown"
            ? hostKeyUnknown({
                node: target.name,
                address,
                fingerprint: verdict.seen,
                why: verdict.why,
                setting: target.hostKeySetting,
              })
            : hostKeyChanged({ node: target.name, address, seen: verdict.seen, expected: verdict.expected });
        return false;
      },
    };
    // Small packets both ways: waiting to fill one costs a tenth of a second a command.
    client.on("connect", () => client.setNoDelay(true));
    client.on("ready", () => resolve(client));
    client.on("close", () => {
      clients.delete(client);
      onLost();
      reject(keyTrouble ?? hostUnreachable({ node: target.name, address, cause: "the connection was closed" }));
    });
    client.on("error", (error: Error & { level?: string }) => {
      if (keyTrouble) reject(keyTrouble);
      else if (error.level === "client-authentication")
        reject(sshLoginRefused({ node: target.name, address, user: target.user }));
      else reject(hostUnreachable({ node: target.name, address, cause: error.message }));
    });
    clients.add(client);
    try {
      client.connect(config);
    } catch (error) {
      // ssh2 throws here for a key that it cannot read; its message does not hold the key.
      clients.delete(client);
      reject(
        hostUnreachable({ node: target.name, address, cause: error instanceof Error ? error.message : String(error) }),
      );
    }
  });
}

function runOn(
  client: Client,
  place: { readonly node: string; readonly address: string },
  command: string,
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const stdout = collectText();
    const stderr = collectText();
    let result: { code: number | null; signal?: string } | undefined;
    const limit = setTimeout(() => {
      settle(() =>
        reject(
          commandTimedOut({
            node: place.node,
            purpose: firstWords(command),
            limitMs: options.timeoutMs,
            // Never standard output: it may hold the environment of a process.
            output: stderr.text(),
          }),
        ),
      );
      channel?.close();
    }, options.timeoutMs);
    let channel: ClientChannel | undefined;
    let settled = false;
    const settle = (how: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(limit);
      client.removeListener("close", onClientClose);
      how();
    };
    const lose = (cause: string) => settle(() => reject(hostUnreachable({ ...place, cause, isSent: true })));
    const onClientClose = () => lose("it ended while a command ran");
    client.once("close", onClientClose);
    const start = (error: Error | undefined, opened: ClientChannel): void => {
      // Only a channel that was refused says for sure that nothing ran there.
      const isSent = error !== undefined && !error.message.includes("Channel open failure");
      if (error) {
        settle(() => reject(hostUnreachable({ ...place, cause: error.message, isSent })));
        return;
      }
      channel = opened;
      // The limit was over before the channel was there.
      if (settled) {
        opened.close();
        return;
      }
      opened.on("data", stdout.add);
      opened.stderr.on("data", stderr.add);
      opened.on("exit", (code: number | null, signal?: string) => {
        result = { code, ...(signal && { signal }) };
      });
      opened.on("error", (failure: Error) => lose(failure.message));
      opened.on("close", () =>
        settle(() =>
          result
            ? resolve({ ...result, stdout: stdout.text(), stderr: stderr.text() })
            : reject(hostUnreachable({ ...place, cause: "it closed without an exit status", isSent: true })),
        ),
      );
      opened.end(options.stdin ?? "");
    };
    try {
      client.exec(`/bin/sh -c ${quoteWord(command)}`, start);
    } catch (error) {
      // ssh2 throws on a connection that has just ended: nothing was sent.
      const cause = error instanceof Error ? error.message : String(error);
      settle(() => reject(hostUnreachable({ ...place, cause })));
    }
  });
}

const firstWords = (command: string): string => command.trim().split(/\s+/).slice(0, 4).join(" ");

/** Decoded once at the end: a character may lie across two chunks. */
function collectText(): { add: (chunk: Buffer) => void; text: () => string } {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  return {
    add: (chunk) => {
      byteCount += chunk.length;
      if (byteCount <= OUTPUT_BYTES_MAX) chunks.push(chunk);
    },
    text: () => Buffer.concat(chunks).toString("utf8"),
  };
}
