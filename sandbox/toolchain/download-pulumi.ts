// Pulumi's own download of the pinned release: the official tarball, checked against the official list of checksums.
//
// Many machines that need this have no way to the internet, so it gives up quickly when nobody answers; an answer that has begun may
// take its time.

import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { extract } from "tar";
import { type Dispatcher, EnvHttpProxyAgent, interceptors, request } from "undici";
import { LAUNCHER } from "./dynamic-provider-launcher";
import type { Progress } from "./toolchain";

export const PULUMI_DOWNLOADS = "https://get.pulumi.com/releases/sdk";

const WANTED = new Set(["pulumi", "pulumi-language-nodejs", LAUNCHER]);
const STALL_MS_MAX = 15_000;

export interface DownloadRequest {
  readonly baseUrl: string;
  readonly version: string;
  /** Must exist; the programs are put there. */
  readonly binDir: string;
  readonly answerMsMax: number;
  readonly progress: Progress;
}

export async function downloadPulumi(wanted: DownloadRequest): Promise<void> {
  const platform = buildPlatformName(process.platform, process.arch);
  const archive = `pulumi-v${wanted.version}-${platform}.tar.gz`;
  const dispatcher = createDispatcher(wanted.answerMsMax);
  try {
    const list = await read(`${wanted.baseUrl}/pulumi-${wanted.version}-checksums.txt`, dispatcher);
    const expected = findChecksum(await list.text(), archive);
    wanted.progress.line(`Downloading ${archive} from ${new URL(wanted.baseUrl).host}`);
    const workDir = join(wanted.binDir, ".download");
    await mkdir(workDir, { recursive: true });
    const file = join(workDir, archive);
    const actual = await save(await read(`${wanted.baseUrl}/${archive}`, dispatcher), file, wanted.progress);
    if (actual !== expected) {
      throw new Error(`the sha256 of ${archive} is ${actual}; the list of checksums says ${expected}`);
    }
    await extract({ file, cwd: wanted.binDir, strip: 1, filter: (path) => WANTED.has(path.replace(/^pulumi\//, "")) });
    await rm(workDir, { recursive: true });
  } finally {
    await dispatcher.destroy();
  }
}

function buildPlatformName(platform: string, arch: string): string {
  const isKnown = (platform === "linux" || platform === "darwin") && (arch === "x64" || arch === "arm64");
  if (!isKnown) throw new Error(`Pulumi offers no tarball for ${platform} on ${arch}`);
  return `${platform}-${arch}`;
}

function createDispatcher(answerMsMax: number): EnvHttpProxyAgent {
  return new EnvHttpProxyAgent({
    connect: { timeout: answerMsMax },
    headersTimeout: answerMsMax,
    bodyTimeout: STALL_MS_MAX,
  });
}

async function read(url: string, dispatcher: Dispatcher): Promise<Dispatcher.ResponseData["body"]> {
  const response = await request(url, {
    dispatcher: dispatcher.compose(interceptors.redirect({ maxRedirections: 3 })),
  });
  if (response.statusCode !== 200) {
    await response.body.dump();
    throw new Error(`${url} answered ${response.statusCode}`);
  }
  return response.body;
}

function findChecksum(list: string, archive: string): string {
  for (const line of list.split("\n")) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === archive && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) return sum;
  }
  throw new Error(`the list of checksums does not name ${archive}`);
}

async function save(body: NodeJS.ReadableStream, file: string, progress: Progress): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      progress.status(`  ${(bytes / 1e6).toFixed(0)} MB`);
      done(null, chunk);
    },
  });
  await pipeline(body, watch, createWriteStream(file));
  return hash.digest("hex");
}
