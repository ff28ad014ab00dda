// Speaks to the RPC port of other servers: JSON over HTTP on kept connections.

import * as http from "node:http";
import type { Message } from "../cluster/messages";
import type { Address } from "../cluster/ports";
import type { Reply } from "../cluster/status";

export type AskResult<T> =
  | { readonly kind: "reply"; readonly reply: Reply<T> }
  | { readonly kind: "refused" }
  | { readonly kind: "timeout" }
  | { readonly kind: "closed" };

const QUEUE_MAX = 200;

export class RpcClient {
  private readonly agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  private readonly queues = new Map<Address, { waiting: Message[]; busy: boolean }>();

  constructor(
    private readonly self: Address,
    private readonly messageTimeoutMs: number,
  ) {}

  /** One way. Messages to one peer go in order and in batches; those that a dead peer did not take are dropped. */
  send(to: Address, message: Message): void {
    const queue = this.queues.get(to) ?? { waiting: [], busy: false };
    this.queues.set(to, queue);
    if (queue.waiting.length < QUEUE_MAX) queue.waiting.push(message);
    if (!queue.busy) this.flush(to, queue);
  }

  async ask<T>(to: Address, request: unknown, timeoutMs: number): Promise<AskResult<T>> {
    try {
      const body = await this.post(to, "/rpc", request, timeoutMs);
      return { kind: "reply", reply: JSON.parse(body) as Reply<T> };
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ECONNREFUSED" || code === "EHOSTUNREACH" || code === "ENOTFOUND") return { kind: "refused" };
      return { kind: code === "ETIMEDOUT" ? "timeout" : "closed" };
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private flush(to: Address, queue: { waiting: Message[]; busy: boolean }): void {
    const messages = queue.waiting.splice(0);
    queue.busy = true;
    this.post(to, "/messages", { from: this.self, messages }, this.messageTimeoutMs).then(
      () => {
        queue.busy = false;
        if (queue.waiting.length > 0) this.flush(to, queue);
      },
      () => {
        queue.busy = false;
        queue.waiting.length = 0;
      },
    );
  }

  private post(to: Address, path: string, content: unknown, timeoutMs: number): Promise<string> {
    const colon = to.lastIndexOf(":");
    const body = JSON.stringify(content);
    return new Promise((resolve, reject) => {
      const request = http.request(
        {
          host: to.slice(0, colon),
          port: Number(to.slice(colon + 1)),
          path,
          method: "POST",
          agent: this.agent,
          headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
        },
        (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("end", () => finish(() => resolve(text)));
          response.on("error", (error) => finish(() => reject(error)));
        },
      );
      const timer = setTimeout(() => {
        request.destroy(Object.assign(new Error("timed out"), { code: "ETIMEDOUT" }));
      }, timeoutMs);
      const finish = (end: () => void): void => {
        clearTimeout(timer);
        end();
      };
      request.on("error", (error) => finish(() => reject(error)));
      request.end(body);
    });
  }
}
