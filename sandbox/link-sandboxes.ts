// xDCR between sandboxes: what `pulumi-bmdb sandbox link` does, as a function.

import { realpathSync } from "node:fs";
import { readDescription } from "./description";
import { sandboxPaths } from "./hosts/layout";
import { linkClusters, type RunningCluster } from "./hosts/link-clusters";
import { isSandboxRunning } from "./open-sandbox";

export interface LinkOptions {
  /** Directory of the sandbox whose data is read. */
  readonly source: string;
  /** Directory of the sandbox that reads it; this one knows the group, and pauses and resumes it. */
  readonly target: string;
  readonly group: string;
  /** Also from target to source, under the same name. @default false */
  readonly both?: boolean;
}

/** Sets replication up between two running sandboxes; resolves when it runs. */
export async function linkSandboxes({ source, target, group, both = false }: LinkOptions): Promise<void> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(group))
    throw new Error(`"${group}" is not a name of a group: letters, digits, ".", "_" and "-", a letter or digit first`);
  const [from, to] = [openRunning(source), openRunning(target)];
  if (from.paths.root === to.paths.root)
    throw new Error(`${source} and ${target} are one sandbox: a cluster cannot replicate from itself`);
  await linkClusters(from, to, group);
  if (both) await linkClusters(to, from, group);
}

function openRunning(dir: string): RunningCluster {
  const description = readDescription(dir);
  if (description === undefined || !isSandboxRunning(dir))
    throw new Error(`No sandbox runs in ${dir}. Start one: pulumi-bmdb sandbox up --dir ${dir}`);
  return { paths: sandboxPaths(realpathSync(dir)), description };
}
