// Faults that the sandbox's owner ordered for a process, read once at its start.

import * as fs from "node:fs";
import type { ServerRole } from "../cluster/auto-flags";
import type { SandboxFault } from "../types";

export function readFaults(file: string | undefined, host: string, role: ServerRole, version: string): SandboxFault[] {
  if (file === undefined || !fs.existsSync(file)) return [];
  const text = fs.readFileSync(file, "utf8").trim();
  const faults = (text === "" ? [] : JSON.parse(text)) as SandboxFault[];
  return faults.filter(
    (fault) => fault.host === host && fault.role === role && (fault.version === undefined || fault.version === version),
  );
}
