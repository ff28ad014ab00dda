// Connects as the official plugin does: the same retries, limits and texts, through a bastion if one is named.
//
// `hostKey` is compared byte for byte; without one any host is believed, as with the official plugin.

import { timingSafeEqual } from "node:crypto";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";
import type { Connection, Endpoint } from "./inputs";

export type Say = (message: string) => void;

const DELAY_MS_FIRST = 100;
const DELAY_MS_MAX = 5000;
const BACKOFF = 1.5;

/** The connected client, and the bastion's under it; `close` ends both. */
export interface Dialed {
  readonly client: Client;
  close(): void;
}

export async function dial(connection: Connection, say: Say): Promise<Dialed> {
  const { proxy } = connection;
  if (proxy === undefined) {
    const client = await retryDial("Dial", connection.dialErrorLimit, say, () => connect(connection));
    return { client, close: () => client.end() };
  }
  const bastion = await retryDial("Dial proxy", proxy.dialErrorLimit, say, () => connect(proxy)).catch(blameProxy);
  try {
    const client = await retryDial("Dial from proxy", connection.dialErrorLimit, say, async () =>
      connect(connection, await openTunnel(bastion, connection)),
    ).catch(blameProxy);
    return { client, close: () => [client, bastion].forEach((each) => void each.end()) };
  } catch (error) {
    bastion.end();
    throw error;
  }
}

function blameProxy(error: Error): never {
  throw new Error(`proxy: ${error.message}`);
}

/** A wrong host key is retried like any other failure: so does the official plugin, and programs are written with that in mind. */
async function retryDial<T>(what: string, limit: number, say: Say, attempt: () => Promise<T>): Promise<T> {
  let waitMs = DELAY_MS_FIRST;
  for (let failures = 0; ; failures++) {
    try {
      return await attempt();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (limit > -1 && failures + 1 > limit) throw new Error(`after ${failures} failed attempts: ${message}`);
      say(`${what} ${failures + 1}/${limit === -1 ? "inf" : limit} failed: retrying`);
    }
    await delay(waitMs);
    waitMs = Math.min(waitMs * BACKOFF, DELAY_MS_MAX);
  }
}

function connect(endpoint: Endpoint, sock?: Duplex): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    let isHostKeyWrong = false;
    const fail = (error: Error) => {
      client.end();
      reject(new Error(isHostKeyWrong ? "ssh: handshake failed: ssh: host key mismatch" : describe(error)));
    };
    client.on("error", fail);
    client.once("close", () => fail(new Error("the connection was closed")));
    client.once("ready", () => {
      client.removeListener("error", fail);
      // From here on the running command notices a lost connection itself; an unhandled "error" would end this process.
      client.on("error", () => undefined);
      resolve(client);
    });
    client.on("keyboard-interactive", (_name, _text, _language, prompts, finish) => {
      finish(prompts.map(() => endpoint.password ?? ""));
    });
    try {
      client.connect({
        ...buildConfig(endpoint, () => {
          isHostKeyWrong = true;
        }),
        ...(sock === undefined ? { host: endpoint.host, port: endpoint.port } : { sock }),
      });
    } catch (error) {
      // A key that cannot be parsed, or one whose passphrase is wrong.
      reject(error instanceof Error ? error : new Error(String(error)));
    }
  });
}

function describe(error: Error & { level?: string }): string {
  return error.level === "client-socket" ? error.message : `ssh: handshake failed: ${error.message}`;
}

function openTunnel(bastion: Client, endpoint: Endpoint): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, endpoint.host, endpoint.port, (error, channel) => {
      if (error) reject(error);
      else resolve(channel);
    });
  });
}

function buildConfig(endpoint: Endpoint, onWrongHostKey: () => void): ConnectConfig {
  const config: ConnectConfig = {
    username: endpoint.user,
    readyTimeout: endpoint.perDialTimeout * 1000,
    agent: endpoint.agentSocketPath ?? process.env["SSH_AUTH_SOCK"],
  };
  if (endpoint.privateKey !== undefined) config.privateKey = endpoint.privateKey;
  if (endpoint.privateKeyPassword !== undefined) config.passphrase = endpoint.privateKeyPassword;
  if (endpoint.password !== undefined) {
    config.password = endpoint.password;
    config.tryKeyboard = true;
  }
  if (endpoint.hostKey === undefined) return config;

  const [type = "", base64 = ""] = endpoint.hostKey.trim().split(/\s+/);
  const expected = Buffer.from(base64, "base64");
  config.algorithms = { serverHostKey: listAlgorithms(type) };
  config.hostVerifier = (key: Buffer) => {
    const isRight = key.length === expected.length && timingSafeEqual(key, expected);
    if (!isRight) onWrongHostKey();
    return isRight;
  };
  return config;
}

/** Asks the host for the kind of key that is known, or a host with several would offer another one. */
function listAlgorithms(keyType: string): ServerHostKeyAlgorithm[] {
  const types = keyType === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [keyType];
  return types as ServerHostKeyAlgorithm[];
}
