// The web server of a BMDB process: status 200 for everything it knows, errors included; `?raw`; the bare 503.

import * as http from "node:http";
import * as zlib from "node:zlib";

export type PageAnswer =
  /** Wrapped in header and footer, unless `?raw` is asked. */
  | { readonly kind: "styled"; readonly html: string }
  /** JSON and other unstyled answers: always text/plain. */
  | { readonly kind: "plain"; readonly text: string }
  /** The status line of a 503 and nothing else, not even a blank line. */
  | { readonly kind: "bare_503" };

export interface PageRequest {
  /** As asked, with the query. */
  readonly uri: string;
  readonly query: URLSearchParams;
  /** Fetched by another MServer on behalf of its client. */
  readonly isProxied: boolean;
}

export type Page = (request: PageRequest) => PageAnswer | Promise<PageAnswer>;

/** Marks a request that one MServer makes of another, so that two confused ones cannot ask each other for ever. */
export const PROXY_HEADER = "x-bm-proxied";

const COMPRESSION_BYTES_MIN = 4096;

export function createWebServer(pages: ReadonlyMap<string, Page>): http.Server {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://process");
    const page = pages.get(url.pathname);
    if (page === undefined) return write(request, response, 404, "text/plain", "Error 404: Not Found\nFile not found");
    const asked = {
      uri: request.url ?? "/",
      query: url.searchParams,
      isProxied: request.headers[PROXY_HEADER] !== undefined,
    };
    Promise.resolve(page(asked)).then(
      (answer) => writeAnswer(request, response, answer, url.searchParams.has("raw")),
      (error: unknown) => write(request, response, 200, "text/plain", `Error: ${String(error)}`),
    );
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
  switch (answer.kind) {
    case "bare_503":
      // Past the response object: it would add the headers that BMDB leaves out.
      response.socket?.end("HTTP/1.1 503 Service Unavailable\r\n");
      return;
    case "plain":
      write(request, response, 200, "text/plain", answer.text);
      return;
    case "styled":
      raw
        ? write(request, response, 200, "text/plain", answer.html)
        : write(request, response, 200, "text/html", wrap(answer.html));
      return;
  }
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

function wrap(html: string): string {
  return `<!DOCTYPE html><html><head><title>BMDB</title></head><body>
<div class='yb-main container-fluid'>
${html}
<div class='yb-bottom-spacer'></div></div>
<footer class='footer'></footer>
</body></html>
`;
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
