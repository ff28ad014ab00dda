// Pages over HTTP. Every way in which an answer can fail to come is told apart here, because they mean
// different things: refused is a process that is down, closed is BMDB's bare 503.

import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { Agent, type buildConnector, request } from "undici";
import type { HttpAnswer, WebPages } from "../ports";

/** A page of a large cluster is some megabytes; more is not a page. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Opens a stream to a port of a host; `createSshShell` has one. */
export type Dial = (host: string, port: number) => Promise<Duplex>;

/** Without `dial` the pages are asked directly. */
export function createWebPages(tls: { readonly ca: string | undefined }, dial?: Dial): WebPages {
  const ca = tls.ca !== undefined && { ca: tls.ca };
  const agent = new Agent({
    connect: dial === undefined ? { ...ca } : connectThrough(dial, { ...ca }),
    keepAliveTimeout: 10_000,
    maxResponseSize: BODY_BYTES_MAX,
  });
  return {
    async get(url, { timeoutMs }): Promise<HttpAnswer> {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await request(url, {
          dispatcher: agent,
          signal,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        // Bytes fields are written raw, so the text may hold invalid UTF-8; text() replaces it.
        return { kind: "answer", status: response.statusCode, body: await response.body.text() };
      } catch (error) {
        return signal.aborted ? { kind: "timeout", afterMs: timeoutMs } : explainFailure(error, timeoutMs);
      }
    },
    async close() {
      await agent.destroy().catch(() => undefined);
    },
  };
}

function connectThrough(dial: Dial, tls: { readonly ca?: string }): buildConnector.connector {
  return ({ protocol, hostname, port, servername }, done) => {
    dial(hostname, Number(port) || (protocol === "https:" ? 443 : 80)).then(
      (stream) => {
        // undici treats what it is given as a socket, and leaves out what a stream does not have.
        const plain = stream as Socket;
        if (protocol !== "https:") return done(null, plain);
        const secure = connectTls({ ...tls, socket: stream, servername: servername ?? hostname });
        secure.once("secureConnect", () => done(null, secure));
        secure.once("error", (error) => done(error, null));
      },
      (error: Error) => done(error, null),
    );
  };
}

function explainFailure(error: unknown, timeoutMs: number): HttpAnswer {
  const codes = collectCodes(error);
  if (codes.includes("ECONNREFUSED") || isRefusedBehindSsh(error)) return { kind: "refused" };
  if (codes.some((code) => ["UND_ERR_SOCKET", "ECONNRESET", "UND_ERR_RESPONSE"].includes(code)))
    return { kind: "closed" };
  if (codes.some((code) => code.endsWith("TIMEOUT") || code === "ETIMEDOUT"))
    return { kind: "timeout", afterMs: timeoutMs };
  return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
}

/** sshd says why it opened no channel in words only; another failure than this one must not look like a process that is down. */
const isRefusedBehindSsh = (error: unknown): boolean =>
  error instanceof Error && /^\(SSH\) Channel open failure: .*connection refused$/i.test(error.message);

function collectCodes(error: unknown): string[] {
  const codes: string[] = [];
  // An AggregateError carries one error per address that was tried.
  const pending: unknown[] = [error];
  for (let taken = 0; pending.length > 0 && taken < 20; taken += 1) {
    const next = pending.shift();
    if (typeof next !== "object" || next === null) continue;
    if ("code" in next && typeof next.code === "string") codes.push(next.code);
    if ("cause" in next) pending.push(next.cause);
    if ("errors" in next && Array.isArray(next.errors)) pending.push(...next.errors);
  }
  return codes;
}
