// The RPC port: `/messages` takes what state machines say to each other, `/rpc` answers requests.

import * as http from "node:http";
import type { Message } from "../cluster/messages";
import type { Address } from "../cluster/ports";
import { fail, type Reply } from "../cluster/status";

export interface RpcHandler {
  /** A process that is going down takes no more requests. */
  isEnding(): boolean;
  receive(from: Address, message: Message): void;
  request(request: unknown, respond: (reply: Reply) => void): void;
}

const BODY_BYTES_MAX = 4 * 1024 * 1024;

export function createRpcServer(handler: RpcHandler): http.Server {
  const server = http.createServer((request, response) => {
    if (handler.isEnding()) {
      request.destroy();
      return;
    }
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
      if (body.length > BODY_BYTES_MAX) request.destroy();
    });
    request.on("end", () => answer(handler, request.url ?? "", body, response));
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

function answer(handler: RpcHandler, url: string, body: string, response: http.ServerResponse): void {
  const end = (status: number, text: string): void => {
    if (response.writableEnded || response.destroyed) return;
    response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
    response.end(text);
  };
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    end(400, JSON.stringify(fail("Invalid argument", "bm/rpc/inbound_call.cc:99", "not a JSON document")));
    return;
  }
  if (url === "/messages") {
    const { from, messages } = content as { from: Address; messages: readonly Message[] };
    for (const message of messages) handler.receive(from, message);
    end(200, "");
    return;
  }
  handler.request(content, (reply) => end(200, JSON.stringify(reply)));
}
