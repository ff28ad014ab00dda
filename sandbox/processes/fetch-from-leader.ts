// What an MServer that does not lead answers for the cluster: the leader's own page, fetched by the server.

import * as http from "node:http";
import type { Address } from "../cluster/ports";
import { type PageRequest, PROXY_HEADER, SANDBOX_HEADER } from "./web-server";

export interface LeaderProxy {
  /** HTTP address of the leader; undefined when none is known. */
  findLeader(): Promise<Address | undefined>;
  readonly timeoutMs: number;
}

export async function fetchFromLeader(proxy: LeaderProxy, request: PageRequest): Promise<string> {
  const leader = request.isProxied ? undefined : await proxy.findLeader();
  if (leader === undefined) {
    return `<h2>Not found (bm/master/master-path-handlers.cc:2105): Unable to locate leader master to redirect this request: ${request.uri}</h2>`;
  }
  const url = `http://${leader}${request.uri}${request.uri.includes("?") ? "&" : "?"}raw`;
  try {
    return await get(url, proxy.timeoutMs, request.isOurs === true);
  } catch (error) {
    const cause = (error as NodeJS.ErrnoException).code ?? String(error);
    return `Error retrieving leader master URL: <a href="${url}">${url}</a><br> Error: Network error (bm/util/curl_util.cc:80): curl error: ${cause}.<br>`;
  }
}

function get(url: string, timeoutMs: number, isOurs: boolean): Promise<string> {
  const headers = { [PROXY_HEADER]: "1", ...(isOurs && { [SANDBOX_HEADER]: "1" }) };
  return new Promise((resolve, reject) => {
    const request = http.get(url, { headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () => resolve(text));
      response.on("error", reject);
    });
    request.setTimeout(timeoutMs, () => request.destroy(Object.assign(new Error("timed out"), { code: "ETIMEDOUT" })));
    request.on("error", reject);
  });
}
