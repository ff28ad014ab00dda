import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { errorCode } from "./error-code";

/** What the daemon is told. */
const daemonConfigSchema = z.object({
  sandboxId: z.string(),
  ssh: z.enum(["builtin", "openssh"]),
  sshUser: z.string(),
  authorizedKey: z.string(),
  hosts: z.array(z.string()),
});
export type DaemonConfig = z.infer<typeof daemonConfigSchema>;

const identitySchema = z.object({ pid: z.number(), startTicks: z.number() });

/** What the daemon tells once everything of it listens. */
const daemonStateSchema = z.object({
  daemon: identitySchema,
  /** The second octet of all the sandbox's addresses. */
  network: z.number(),
  sshPort: z.number(),
  downloadsUrl: z.string(),
  sshds: z.array(identitySchema),
});
export type DaemonState = z.infer<typeof daemonStateSchema>;

export const readDaemonConfig = (file: string): DaemonConfig => daemonConfigSchema.parse(readJson(file));

/** undefined when there is no such file yet. */
export function readDaemonState(file: string): DaemonState | undefined {
  try {
    return daemonStateSchema.parse(readJson(file));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole or not at all: a reader never sees half of it. */
export function writeJson(file: string, content: unknown, mode = 0o644): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, `${JSON.stringify(content, null, 2)}\n`, { mode });
  renameSync(fresh, file);
}

export const readJson = (file: string): unknown => JSON.parse(readFileSync(file, "utf8"));
