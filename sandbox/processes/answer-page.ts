// What a process answers when one of its pages is asked for, ordered faults included. Knows no socket: the web server
// writes it to one, a cluster in memory hands it over.

import { changeUuids, isCutOff, type ListedFaults, meetPageFault, renderPageError } from "./page-faults";

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

/** What does not exist where BMDB has HTML pages only. */
const MACHINE_PAGE = /^\/(?:api\/|metrics$|jsonmetricz$|prometheus-metrics$)/;

export interface WebServerOptions {
  readonly isHtmlOnly: boolean;
  readonly faults: ListedFaults;
}

/** "nothing": the connection stays open and no answer comes. */
export async function answerPage(
  pages: ReadonlyMap<string, Page>,
  options: WebServerOptions,
  request: PageRequest & { readonly pathname: string },
): Promise<PageAnswer | "nothing"> {
  const { pathname, isOurs } = request;
  if (!isOurs && !request.isProxied && isCutOff(options.faults)) return "nothing";
  const isMissing = options.isHtmlOnly && !isOurs && MACHINE_PAGE.test(pathname);
  const page = isMissing ? undefined : pages.get(pathname);
  const fault = isOurs ? undefined : meetPageFault(options.faults, pathname);
  const answer = async (): Promise<PageAnswer> => {
    try {
      return page === undefined ? { kind: "not_found" } : await page(request);
    } catch (error) {
      return { kind: "plain", text: `Error: ${String(error)}` };
    }
  };
  switch (fault?.kind) {
    case undefined:
      return answer();
    case "page_hangs":
      return "nothing";
    case "page_answers_503":
      return { kind: "bare_503" };
    case "page_error_with_200":
      return asIs(pathname, fault.text ?? renderPageError(pathname));
    case "page_half_json":
      return changeText(await answer(), (text) => text.slice(0, Math.ceil(text.length / 2)));
    case "page_of_other_cluster":
      return changeText(await answer(), changeUuids);
  }
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

/** Status and body as they arrive; undefined: the connection closes after a bare 503. */
export function renderAnswer(answer: PageAnswer, raw: boolean): RenderedAnswer | undefined {
  switch (answer.kind) {
    case "bare_503":
      return undefined;
    case "not_found":
      return { status: 404, type: "text/plain", text: "Error 404: Not Found\nFile not found" };
    case "plain":
      return { status: 200, type: "text/plain", text: answer.text };
    case "styled":
      return raw
        ? { status: 200, type: "text/plain", text: answer.html }
        : { status: 200, type: "text/html", text: wrap(answer.html) };
  }
}

export interface RenderedAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
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
