import { readFileSync } from "node:fs";
import { z } from "zod";
import { readJson } from "./hosts/daemon-files";
import { errorCode } from "./hosts/error-code";
import { sandboxPaths } from "./hosts/layout";

const hostSchema = z.object({
  name: z.string(),
  address: z.string(),
  sshPort: z.number(),
  sshUser: z.string(),
  hostKey: z.string(),
  home: z.string(),
  roles: z.array(z.enum(["mserver", "dbserver"])),
  zone: z.string(),
});

/** `sandbox.json`: what a sandbox is, without any secret; written once, when its cluster is up. */
const descriptionSchema = z.object({
  format: z.literal(1),
  id: z.string(),
  version: z.string(),
  ssh: z.enum(["builtin", "openssh"]),
  timeScale: z.number(),
  hosts: z.array(hostSchema),
  downloadsUrl: z.string(),
  sha256: z.record(z.string(), z.string()),
});
export type SandboxDescription = z.infer<typeof descriptionSchema>;

/** undefined when there is no finished sandbox in the directory. */
export function readDescription(dir: string): SandboxDescription | undefined {
  const file = sandboxPaths(dir).description;
  try {
    return descriptionSchema.parse(readJson(file));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw new Error(`${file} is not a description of a sandbox that this version made`, { cause: error });
  }
}

/** The id of the sandbox in a directory, finished or not; undefined when there is none. */
export function readSandboxId(dir: string): string | undefined {
  try {
    return readFileSync(sandboxPaths(dir).id, "utf8").trim();
  } catch {
    return undefined;
  }
}
