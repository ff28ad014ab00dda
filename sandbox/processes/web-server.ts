// The web server of a BMDB process: status 200 for everything it knows, errors included; `?raw`; the bare 503.

import * as http from "node:http";
import * as zlib from "node:zlib";
import { answerPage, type Page, type PageAnswer, renderAnswer, type WebServerOptions } from "./answer-page";

/** Marks a request that one MServer makes of another, so that two confused ones cannot ask each other for ever. */
export const PROXY_HEADER = "x-bm-proxied";

/** Marks a request of the sandbox itself (`up`, `status`): no fault and no missing JSON keeps it from seeing. */
export const SANDBOX_HEADER = "x-bmdb-sandbox";

const COMPRESSION_BYTES_MIN = 4096;

export function createWebServer(pages: ReadonlyMap<string, Page>, options: WebServerOptions): http.Server {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://process");
    // Whoever has set a fault and then asks must meet it.
    options.faults.look();
    void answerPage(pages, options, {
      pathname: url.pathname,
      uri: request.url ?? "/",
      query: url.searchParams,
      isProxied: request.headers[PROXY_HEADER] !== undefined,
      isOurs: request.headers[SANDBOX_HEADER] !== undefined,
    }).then((answer) => {
      if (answer !== "nothing") writeAnswer(request, response, answer, url.searchParams.has("raw"));
    });
  });
  server.keepAliveTimeout = 30_000;
  return server;
}

function writeAnswer(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  answer: PageAnswer,
  raw: boolean,
): void {
  const rendered = renderAnswer(answer, raw);
  // Past the response object: it would add the headers that BMDB leaves out.
  if (rendered === undefined) response.socket?.end("HTTP/1.1 503 Service Unavailable\r\n");
  else write(request, response, rendered.status, rendered.type, rendered.text);
}

function write(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  status: number,
  type: string,
  text: string,
): void {
  if (response.destroyed) return;
  let body: Buffer = Buffer.from(text);
  const headers: http.OutgoingHttpHeaders = { "content-type": type, "access-control-allow-origin": "*" };
  const acceptsGzip = /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
  if (acceptsGzip && body.length >= COMPRESSION_BYTES_MIN) {
    body = zlib.gzipSync(body);
    headers["content-encoding"] = "gzip";
  }
  response.writeHead(status, { ...headers, "content-length": body.length });
  response.end(body);
}
