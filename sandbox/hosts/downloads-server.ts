import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { basename, join } from "node:path";
import type { SandboxFault } from "../types";

export interface DownloadFaults {
  look(): void;
  list(): readonly SandboxFault[];
}

/** Only the names that a BMDB release has; nothing else of the folder can be asked for. */
const OFFERED = /^\/(bigmath-[0-9][0-9A-Za-z.-]*\.tar\.gz(?:\.sha256)?)$/;

/** `bigmath-$VER.tar.gz` and `.sha256` of the sandbox's releases, over plain HTTP. */
export function createDownloadsServer(folder: string, faults: DownloadFaults): Server {
  return createServer((request, response) => {
    answer(folder, faults, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendText(response, 500, `${error instanceof Error ? error.message : String(error)}\n`);
      else response.destroy();
    });
  });
}

async function answer(
  folder: string,
  faults: DownloadFaults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
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
  faults.look();
  const damage = findDamage(faults, file);
  if (damage !== undefined) {
    response.end(damage(await readFile(file)));
    return;
  }
  createReadStream(file)
    .on("error", () => response.destroy())
    .pipe(response);
}

/** What becomes of a file on its way; undefined: nothing. Its length stays. */
function findDamage(faults: DownloadFaults, file: string): ((content: Buffer) => Buffer) | undefined {
  const isOrdered = (kind: SandboxFault["kind"], name: (release: string) => string): boolean =>
    faults
      .list()
      .some((fault) => fault.kind === kind && "release" in fault && basename(file) === name(fault.release ?? ""));
  if (isOrdered("corrupt_archive", (release) => `bigmath-${release}.tar.gz`)) return damageMiddle;
  if (isOrdered("wrong_sha256", (release) => `bigmath-${release}.tar.gz.sha256`)) return changeDigits;
  return undefined;
}

function damageMiddle(content: Buffer): Buffer {
  const from = Math.floor(content.length / 2);
  return Buffer.from(content.map((byte, at) => (at >= from && at < from + 64 ? byte ^ 0xff : byte)));
}

const changeDigits = (content: Buffer): Buffer =>
  Buffer.from(
    content
      .toString("utf8")
      .replace(/^[0-9a-f]{64}/, (sum) => sum.replace(/./g, (digit) => (15 - Number.parseInt(digit, 16)).toString(16))),
  );

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain", "content-length": Buffer.byteLength(text) }).end(text);
}
