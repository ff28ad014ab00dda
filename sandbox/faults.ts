// The faults that are set, in the sandbox's directory. Each carries a key of its own: set anew, it starts counting anew.

import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { z } from "zod";
import { parseFault } from "./fault-catalogue";
import { readJson, writeJson } from "./hosts/daemon-files";
import { sandboxPaths } from "./hosts/layout";
import type { SandboxFault } from "./types";

/** As it is in the file. Processes do not look at the key, but count by the whole entry. */
export type StoredFault = SandboxFault & { readonly key?: string };

const storedSchema = z.array(z.looseObject({ key: z.string().optional() }));

export const readFaults = (dir: string): StoredFault[] =>
  storedSchema.parse(readJson(faultsFile(dir))).map(({ key, ...fault }) => withKey(parseFault(fault), key));

/** Processes read it at their start and when it changes. */
export const writeFaults = (dir: string, faults: readonly StoredFault[]): void =>
  writeJson(
    faultsFile(dir),
    faults.map((fault) => withKey(fault, fault.key ?? randomBytes(4).toString("hex"))),
  );

export function withoutKey({ key: _, ...fault }: StoredFault): SandboxFault {
  return fault;
}

const withKey = (fault: SandboxFault, key: string | undefined): StoredFault =>
  key === undefined ? fault : { ...fault, key };

const faultsFile = (dir: string): string => sandboxPaths(realpathSync(dir)).faults;
