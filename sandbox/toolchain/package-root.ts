import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The directory of pulumi-bmdb's package.json, the same whether this runs from the sources or from dist/. */
export function findPackageRoot(from: string = __dirname): string {
  for (let dir = from; ; dir = dirname(dir)) {
    const manifest = join(dir, "package.json");
    if (existsSync(manifest) && isOurs(readFileSync(manifest, "utf8"))) return dir;
    if (dirname(dir) === dir) throw new Error(`no package.json of pulumi-bmdb above ${from}`);
  }
}

function isOurs(manifest: string): boolean {
  return (JSON.parse(manifest) as { name?: string }).name === "pulumi-bmdb";
}
