// Pages over HTTP. Every way in which an answer can fail to come is told apart here, because they mean
// different things: refused is a process that is down, closed is BMDB's bare 503.

import { Agent, request } from "undici";
import type { HttpAnswer, WebPages } from "../ports";

/** A page of a large cluster is some megabytes; more is not a page. */
const BODY_BYTES_MAX = 64 * 1024 * 1024;

export function createWebPages(tls: { readonly ca: string | undefined }): WebPages {
  const agent = new Agent({
    connect: { ...(tls.ca !== undefined && { ca: tls.ca }) },
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

function explainFailure(error: unknown, timeoutMs: number): HttpAnswer {
  const codes = collectCodes(error);
  if (codes.includes("ECONNREFUSED")) return { kind: "refused" };
  if (codes.some((code) => ["UND_ERR_SOCKET", "ECONNRESET", "UND_ERR_RESPONSE"].includes(code)))
    return { kind: "closed" };
  if (codes.some((code) => code.endsWith("TIMEOUT") || code === "ETIMEDOUT"))
    return { kind: "timeout", afterMs: timeoutMs };
  return { kind: "failed", message: error instanceof Error ? error.message : String(error) };
}

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
