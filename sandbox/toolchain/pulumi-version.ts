import { runProcess } from "./run-process";

/** `read().inputs` of a dynamic provider, which drift detection needs, came with this release. */
export const PULUMI_VERSION_MIN = "3.216.0";

/** The version of a CLI without its `v`, or why it cannot be had. */
export async function readPulumiVersion(
  pulumi: string,
  env: Readonly<Record<string, string>>,
): Promise<{ version: string } | { problem: string }> {
  const result = await runProcess(pulumi, ["version"], { env, timeoutMs: 20_000 });
  const version = /^v?(\d+\.\d+\.\d+\S*)/.exec(result.stdout.trim())?.[1];
  if (result.code === 0 && version !== undefined) return { version };
  return { problem: `${pulumi} version: ${result.stderr.trim() || result.stdout.trim() || "no answer"}` };
}

export function isPulumiNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [majorMin = 0, minorMin = 0] = PULUMI_VERSION_MIN.split(".").map(Number);
  return major === majorMin && minor >= minorMin;
}
