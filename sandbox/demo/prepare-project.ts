// A copy of an example in a directory of its own, laid out as a user's project is: the demo writes stack settings and a journal there, and
// a clone stays clean.

import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export function prepareProject(exampleDir: string, projectDir: string, packageRoot: string): void {
  cpSync(exampleDir, projectDir, {
    recursive: true,
    filter: (path) => !["node_modules", ".pulumi-bmdb"].includes(basename(path)) && !/Pulumi\.[^.]+\.yaml$/.test(path),
  });
  const manifest = join(projectDir, "package.json");
  // An example that borrows the package's manifest has none of its own, and the language host warns when it finds none.
  if (!existsSync(manifest)) writeFileSync(manifest, `${JSON.stringify({ name: "bmdb-demo", private: true })}\n`);
  const modulesDir = join(projectDir, "node_modules");
  const installed = findNodeModules(packageRoot);
  mkdirSync(modulesDir);
  // Links, not copies: program and plugin process must load one and the same Pulumi SDK.
  for (const name of readdirSync(installed)) {
    if (!name.startsWith(".") && name !== "pulumi-bmdb") symlinkSync(join(installed, name), join(modulesDir, name));
  }
  symlinkSync(packageRoot, join(modulesDir, "pulumi-bmdb"));
}

/** Of a clone, its own; of an installed package, the project's that it is part of. */
function findNodeModules(packageRoot: string): string {
  const own = join(packageRoot, "node_modules");
  return existsSync(own) ? own : dirname(packageRoot);
}
