// The sandbox as a library: a BMDB cluster of real processes on this machine, for rehearsals and tests.

import { realpathSync } from "node:fs";
import { startSandboxFrom } from "./hosts/start-sandbox";
import { handleOf } from "./open-sandbox";
import { buildRelease, ensureRuntime } from "./release";
import type { Sandbox, SandboxOptions } from "./types";

export { FAULT_KINDS } from "./fault-catalogue";
export { type LinkOptions, linkSandboxes } from "./link-sandboxes";
export { isSandboxRunning, openSandbox } from "./open-sandbox";
export type * from "./types";

/** Starts hosts, servers and the cluster; resolves when every process serves and the cluster is healthy. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const description = await startSandboxFrom({ ensureRuntime, buildRelease }, options);
  return handleOf(realpathSync(options.dir), description);
}
