// A machine for the toolchain's setup to look at: a directory with programs, a cache and a download server, all invented.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "tar";
import type { ToolchainSettings } from "../../../sandbox/toolchain/ensure-toolchain";
import { findPackageRoot } from "../../../sandbox/toolchain/package-root";
import { readPins } from "../../../sandbox/toolchain/pins";

export interface FakeMachine {
  readonly dir: string;
  readonly binDir: string;
  readonly cacheDir: string;
  /** What the setup said. */
  readonly lines: string[];
  readonly settings: ToolchainSettings & { readonly env: Record<string, string> };
  /** Puts a shell script on PATH. */
  addProgram(name: string, script: string, dir?: string): string;
  remove(): void;
}

const ROOT = findPackageRoot(__dirname);
export const PINS = readPins(ROOT);

export const pulumiScript = (version: string) => `[ "$1" = version ] && echo v${version}`;

export function createFakeMachine(): FakeMachine {
  const dir = mkdtempSync(join(tmpdir(), "bmdb-toolchain-"));
  const binDir = join(dir, "usr", "bin");
  mkdirSync(binDir, { recursive: true });
  cpSync(join(ROOT, "tools"), join(dir, "tools"), { recursive: true });
  const lines: string[] = [];
  return {
    dir,
    binDir,
    cacheDir: join(dir, "cache", "pulumi-bmdb"),
    lines,
    settings: {
      env: { PATH: `${binDir}:/bin:/usr/bin`, HOME: dir, XDG_CACHE_HOME: join(dir, "cache") },
      // A port that nothing listens on: no download, at once.
      downloadsUrl: "http://127.0.0.1:9",
      answerMsMax: 200,
      packageRoot: dir,
      progress: { line: (text) => lines.push(text), status: (text) => lines.push(text) },
    },
    addProgram(name, script, where = binDir) {
      mkdirSync(where, { recursive: true });
      const file = join(where, name);
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
      return file;
    },
    remove: () => rmSync(dir, { recursive: true }),
  };
}

/** A `go` that compiles anything into a pulumi of the pinned version, and counts how often. */
export function addFakeGo(machine: FakeMachine): { buildCount(): number } {
  const log = join(machine.dir, "builds");
  writeFileSync(log, "");
  machine.addProgram(
    "go",
    `case "$1" in
list) printf 'fmt\\nos\\nexample.com/cli\\n' ;;
build)
  echo "$*" >> ${log}
  while [ "$1" != -o ]; do shift; done
  echo example.com/cli >&2
  printf '#!/bin/sh\\n${pulumiScript(PINS.pulumiVersion)}\\n' > "$2"
  chmod 755 "$2" ;;
esac`,
  );
  return { buildCount: () => readFileSync(log, "utf8").split("\n").length - 1 };
}

export interface FakeDownloads {
  readonly url: string;
  stop(): Promise<void>;
}

/** Pulumi's download server with one release; `isChecksumWrong` spoils the list of checksums, `isSilent` never answers. */
export async function startFakeDownloads(
  options: { isChecksumWrong?: boolean; isSilent?: boolean } = {},
): Promise<FakeDownloads> {
  const archive = await buildArchive();
  const name = `pulumi-v${PINS.pulumiVersion}-${process.platform}-${process.arch}.tar.gz`;
  const sum = createHash("sha256")
    .update(options.isChecksumWrong ? "something else" : archive)
    .digest("hex");
  const server: Server = createServer((request, response) => {
    if (options.isSilent) return;
    if (request.url === `/pulumi-${PINS.pulumiVersion}-checksums.txt`) response.end(`${sum}  ${name}\n`);
    else if (request.url === `/${name}`) response.end(archive);
    else response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function buildArchive(): Promise<Buffer> {
  const machine = createFakeMachine();
  const content = join(machine.dir, "pulumi");
  for (const program of ["pulumi", "pulumi-language-nodejs", "pulumi-language-go"]) {
    machine.addProgram(program, pulumiScript(PINS.pulumiVersion), content);
  }
  const file = join(machine.dir, "archive.tar.gz");
  await create({ gzip: true, file, cwd: machine.dir }, ["pulumi"]);
  const bytes = readFileSync(file);
  machine.remove();
  return bytes;
}
