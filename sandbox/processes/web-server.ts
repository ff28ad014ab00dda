// The web server of a BMDB process: status 200 for everything it knows, errors included; `?raw`; the bare 503.

import * as http from "node:http";
import * as zlib from "node:zlib";
import { changeUuids, type ListedFaults, meetPageFault, renderPageError } from "./page-faults";

export type PageAnswer =
  /** Wrapped in header and footer, unless `?raw` is asked. */
  | { readonly kind: "styled"; readonly html: string }
  /** JSON and other unstyled answers: always text/plain. */
  | { readonly kind: "plain"; readonly text: string }
  /** The status line of a 503 and nothing else, not even a blank line. */
  | { readonly kind: "bare_503" }
  | { readonly kind: "not_found" };

export interface PageRequest {
  /** As asked, with the query. */
  readonly uri: string;
  readonly query: URLSearchParams;
  /** Fetched by another MServer on behalf of its client. */
  readonly isProxied: boolean;
  /** Asked by the sandbox itself; whoever fetches on its behalf says so too. */
  readonly isOurs?: boolean;
}

export type Page = (request: PageRequest) => PageAnswer | Promise<PageAnswer>;

/** Marks a request that one MServer makes of another, so that two confused ones cannot ask each other for ever. */
export const PROXY_HEADER = "x-bm-proxied";

/** Marks a request of the sandbox itself (`up`, `status`): no fault and no missing JSON keeps it from seeing. */
export const SANDBOX_HEADER = "x-bmdb-sandbox";

/** What does not exist where BMDB has HTML pages only. */
const MACHINE_PAGE = /^\/(?:api\/|metrics$|jsonmetricz$|prometheus-metrics$)/;

export interface WebServerOptions {
  readonly isHtmlOnly: boolean;
  readonly faults: ListedFaults;
}

const COMPRESSION_BYTES_MIN = 4096;

export function createWebServer(pages: ReadonlyMap<string, Page>, options: WebServerOptions): http.Server {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://process");
    const isOurs = request.headers[SANDBOX_HEADER] !== undefined;
    const isMissing = options.isHtmlOnly && !isOurs && MACHINE_PAGE.test(url.pathname);
    const page = isMissing ? undefined : pages.get(url.pathname);
    // Whoever has set a fault and then asks must meet it.
    options.faults.look();
    const fault = isOurs ? undefined : meetPageFault(options.faults, url.pathname);
    const end = (answer: PageAnswer): void => writeAnswer(request, response, answer, url.searchParams.has("raw"));
    const answer = async (): Promise<PageAnswer> => {
      if (page === undefined) return { kind: "not_found" };
      return page({
        uri: request.url ?? "/",
        query: url.searchParams,
        isProxied: request.headers[PROXY_HEADER] !== undefined,
        isOurs,
      });
    };
    const answerOr = (change: (answer: PageAnswer) => PageAnswer): void =>
      void answer().then(
        (given) => end(change(given)),
        (error: unknown) => end({ kind: "plain", text: `Error: ${String(error)}` }),
      );
    switch (fault?.kind) {
      case undefined:
        return answerOr((given) => given);
      case "page_hangs":
        return;
      case "page_answers_503":
        return end({ kind: "bare_503" });
      case "page_error_with_200":
        return end(asIs(url.pathname, fault.text ?? renderPageError(url.pathname)));
      case "page_half_json":
        return answerOr((given) => changeText(given, (text) => text.slice(0, Math.ceil(text.length / 2))));
      case "page_of_other_cluster":
        return answerOr((given) => changeText(given, changeUuids));
    }
  });
  server.keepAliveTimeout = 30_000;
  return server;
}

const asIs = (pathname: string, text: string): PageAnswer =>
  pathname.startsWith("/api/") ? { kind: "plain", text } : { kind: "styled", html: text };

function changeText(answer: PageAnswer, change: (text: string) => string): PageAnswer {
  switch (answer.kind) {
    case "styled":
      return { kind: "styled", html: change(answer.html) };
    case "plain":
      return { kind: "plain", text: change(answer.text) };
    case "bare_503":
    case "not_found":
      return answer;
  }
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
    case "not_found":
      write(request, response, 404, "text/plain", "Error 404: Not Found\nFile not found");
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
