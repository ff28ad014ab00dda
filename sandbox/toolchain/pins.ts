// Which Pulumi is used when the machine has none: the versions that the Go modules under tools/ pin.
//
// The download and the build share them, so both give the same CLI, and the cache directory is named after them: a changed pin is a
// new directory, and an older clone beside this one keeps its own.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface GoModule {
  readonly dir: string;
  readonly packagePath: string;
  readonly binary: string;
}

export interface Pins {
  readonly pulumiVersion: string;
  readonly modules: readonly GoModule[];
  readonly hash: string;
}

const CLI_MODULE = "github.com/pulumi/pulumi/pkg/v3";

export function readPins(packageRoot: string, platform = `${process.platform}-${process.arch}`): Pins {
  const modules: GoModule[] = [
    { dir: join(packageRoot, "tools", "pulumi"), packagePath: `${CLI_MODULE}/cmd/pulumi`, binary: "pulumi" },
    {
      dir: join(packageRoot, "tools", "language-nodejs"),
      packagePath: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
      binary: "pulumi-language-nodejs",
    },
  ];
  const hash = createHash("sha256").update(platform);
  for (const { dir } of modules) {
    for (const file of ["go.mod", "go.sum"]) hash.update("\0").update(readFileSync(join(dir, file)));
  }
  return { pulumiVersion: readCliVersion(packageRoot), modules, hash: hash.digest("hex").slice(0, 12) };
}

function readCliVersion(packageRoot: string): string {
  const file = join(packageRoot, "tools", "pulumi", "go.mod");
  const required = readFileSync(file, "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find(([path]) => path === CLI_MODULE);
  const version = required?.[1];
  if (version === undefined) throw new Error(`${file} does not require ${CLI_MODULE}`);
  return version.replace(/^v/, "");
}
