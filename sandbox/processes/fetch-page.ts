// A page of another process over HTTP, marked as asked on behalf of a client.

import * as http from "node:http";
import type { FetchPage } from "./fetch-from-leader";
import { PROXY_HEADER, SANDBOX_HEADER } from "./web-server";

export const fetchPage: FetchPage = (url, { timeoutMs, isOurs }) => {
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
};
