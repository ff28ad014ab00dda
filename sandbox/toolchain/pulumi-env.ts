import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The environment in which our Pulumi runs: nothing of the user's own Pulumi gets in, neither login, token, home nor stack choice.
 */
export function buildPulumiEnv(
  home: string,
  base: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !name.startsWith("PULUMI_")) env[name] = value;
  }
  return { ...env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
}

export function prependToPath(dir: string, path: string | undefined): string {
  return path === undefined || path === "" ? dir : `${dir}${delimiter}${path}`;
}

/** State in a directory (which must exist), secrets under a passphrase: a backend that needs no login. */
export function fileBackendEnv(dir: string, passphrase: string): Record<string, string> {
  return { PULUMI_BACKEND_URL: pathToFileURL(dir).href, PULUMI_CONFIG_PASSPHRASE: passphrase };
}

/** `${XDG_CACHE_HOME:-~/.cache}/pulumi-bmdb` */
export function findCacheDir(env: Readonly<Record<string, string | undefined>>, homeDir: string): string {
  const base = env["XDG_CACHE_HOME"];
  return join(base === undefined || base === "" ? join(homeDir, ".cache") : base, "pulumi-bmdb");
}
