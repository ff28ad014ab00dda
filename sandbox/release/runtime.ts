// The executable behind `mserver`, `dbserver` and `bm-admin`: a copy of Node with a few lines inside that load
// `../lib/<own name>.js`. Process name, `/proc/PID/exe` and command line are then those of the release's own file.
//
// One file serves all names and versions, so that a release archive stays small: `post_install.sh` links it.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";

// The directory of the *executable* decides what is loaded, so that a hard link in another release loads that one's code.
const MAIN = `const { createRequire } = require("node:module");
const path = require("node:path");
const lib = path.join(path.dirname(process.execPath), "..", "lib", path.basename(process.execPath) + ".js");
createRequire(process.execPath)(lib);
`;

const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

type Inject = (file: string, resource: string, data: Buffer, options: { sentinelFuse: string }) => Promise<void>;

/** Path of the executable; built on the first call on this machine, about two seconds. */
export async function ensureRuntime(): Promise<string> {
  const node = fs.statSync(process.execPath);
  const identity = createHash("sha256")
    .update(MAIN)
    .update(`${process.execPath} ${node.size} ${node.mtimeMs}`)
    .digest("hex");
  const cache = path.join(process.env["XDG_CACHE_HOME"] || path.join(os.homedir(), ".cache"), "pulumi-bmdb");
  const target = path.join(cache, `sandbox-runtime-${process.version}-${process.arch}-${identity.slice(0, 12)}`);
  if (fs.existsSync(target)) return target;
  fs.mkdirSync(cache, { recursive: true });
  const work = fs.mkdtempSync(path.join(cache, "building-"));
  try {
    fs.renameSync(await buildRuntime(work), target);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
  return target;
}

async function buildRuntime(work: string): Promise<string> {
  const main = path.join(work, "main.js");
  const config = path.join(work, "sea.json");
  const blob = path.join(work, "sea.blob");
  fs.writeFileSync(main, MAIN);
  fs.writeFileSync(config, JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true }));
  await promisify(execFile)(process.execPath, ["--experimental-sea-config", config]);
  const runtime = path.join(work, "runtime");
  fs.copyFileSync(process.execPath, runtime);
  fs.chmodSync(runtime, 0o755);
  // Loaded only here: nobody else needs its 5 MB.
  const { inject } = require("postject") as { inject: Inject };
  await quietly(() => inject(runtime, "NODE_SEA_BLOB", fs.readFileSync(blob), { sentinelFuse: FUSE }));
  return runtime;
}

/** postject's parser warns on the console about a section of Node's binary that it does not understand; harmless. */
async function quietly(act: () => Promise<void>): Promise<void> {
  const { log, warn, error } = console;
  const silent = (): void => undefined;
  Object.assign(console, { log: silent, warn: silent, error: silent });
  try {
    await act();
  } finally {
    Object.assign(console, { log, warn, error });
  }
}
