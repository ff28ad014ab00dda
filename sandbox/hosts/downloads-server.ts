import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";

/** Only the names that a BMDB release has; nothing else of the folder can be asked for. */
const OFFERED = /^\/(bigmath-[0-9][0-9A-Za-z.-]*\.tar\.gz(?:\.sha256)?)$/;

/** `bigmath-$VER.tar.gz` and `.sha256` of the sandbox's releases, over plain HTTP. */
export function createDownloadsServer(folder: string): Server {
  return createServer((request, response) => {
    answer(folder, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendText(response, 500, `${error instanceof Error ? error.message : String(error)}\n`);
      else response.destroy();
    });
  });
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") return sendText(response, 405, "only GET and HEAD\n");
  const path = (request.url ?? "/").split("?")[0] ?? "/";
  if (path === "/") return sendText(response, 200, `${(await readdir(folder)).sort().join("\n")}\n`);
  const name = OFFERED.exec(path)?.[1];
  const file = name === undefined ? undefined : join(folder, name);
  const size =
    file === undefined
      ? undefined
      : await stat(file).then(
          (facts) => facts.size,
          () => undefined,
        );
  if (file === undefined || size === undefined) return sendText(response, 404, `no such release: ${path}\n`);
  const type = file.endsWith(".sha256") ? "text/plain" : "application/gzip";
  response.writeHead(200, { "content-type": type, "content-length": size });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  createReadStream(file)
    .on("error", () => response.destroy())
    .pipe(response);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain", "content-length": Buffer.byteLength(text) }).end(text);
}
