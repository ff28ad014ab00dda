import { get } from "node:http";
import { SANDBOX_HEADER } from "../processes/web-server";

export type Page =
  | { readonly kind: "page"; readonly status: number; readonly body: string }
  /** Refused, closed early, or too slow: why in words. */
  | { readonly kind: "none"; readonly reason: string };

/** One GET on a connection of its own, so that nothing keeps the caller's event loop alive afterwards. */
export function httpGet(url: string, timeoutMs = 2000): Promise<Page> {
  return new Promise((resolve) => {
    const none = (reason: string) => resolve({ kind: "none", reason });
    const headers = { [SANDBOX_HEADER]: "1" };
    const request = get(url, { agent: false, headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ kind: "page", status: response.statusCode ?? 0, body }));
      response.on("error", (error) => none(error.message));
    });
    request.on("error", (error) => none(error.name === "AbortError" ? `no answer for ${timeoutMs} ms` : error.message));
  });
}
