import { realpathSync } from "node:fs";
import { z } from "zod";
import { readJson, writeJson } from "./hosts/daemon-files";
import { sandboxPaths } from "./hosts/layout";
import type { SandboxFault } from "./types";

export const FAULT_KINDS = ["crash_at_start", "slow_start"] as const satisfies readonly SandboxFault["kind"][];

const faultsSchema = z.array(
  z.object({
    kind: z.enum(FAULT_KINDS),
    host: z.string(),
    role: z.enum(["mserver", "dbserver"]),
    version: z.string().optional(),
    afterMs: z.number().optional(),
  }),
);

export const readFaults = (dir: string): SandboxFault[] => faultsSchema.parse(readJson(faultsFile(dir)));

/** Read by a process at its start. */
export const writeFaults = (dir: string, faults: readonly SandboxFault[]): void => writeJson(faultsFile(dir), faults);

const faultsFile = (dir: string): string => sandboxPaths(realpathSync(dir)).faults;
