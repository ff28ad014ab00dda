// What an MServer that does not lead answers for the cluster: the leader's own page, fetched by the server.

import type { Address } from "../cluster/ports";
import type { PageRequest } from "./answer-page";

export interface LeaderProxy {
  /** HTTP address of the leader; undefined when none is known. */
  findLeader(): Promise<Address | undefined>;
  readonly timeoutMs: number;
  readonly fetchPage: FetchPage;
}

/** Gets a page on behalf of a client. Rejects with an error whose `code` says why not. */
export type FetchPage = (
  url: string,
  options: { readonly timeoutMs: number; readonly isOurs: boolean },
) => Promise<string>;

export async function fetchFromLeader(proxy: LeaderProxy, request: PageRequest): Promise<string> {
  const leader = request.isProxied ? undefined : await proxy.findLeader();
  if (leader === undefined) {
    return `<h2>Not found (bm/master/master-path-handlers.cc:2105): Unable to locate leader master to redirect this request: ${request.uri}</h2>`;
  }
  const url = `http://${leader}${request.uri}${request.uri.includes("?") ? "&" : "?"}raw`;
  try {
    return await proxy.fetchPage(url, { timeoutMs: proxy.timeoutMs, isOurs: request.isOurs === true });
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? String(error);
    return `Error retrieving leader master URL: <a href="${url}">${url}</a><br> Error: Network error (bm/util/curl_util.cc:80): curl error: ${cause}.<br>`;
  }
}
