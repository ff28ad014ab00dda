import { accessSync, constants, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const SYSTEM_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];

const REQUIRED = [
  { program: "setsid", package: "util-linux" },
  { program: "tar", package: "tar" },
  { program: "pgrep", package: "procps" },
  { program: "awk", package: "mawk" },
] as const;

/** The absolute path of a program, on the system's usual path first. */
export function findProgram(program: string): string | undefined {
  const own = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder.startsWith("/"));
  return [...SYSTEM_PATH, ...own].map((folder) => join(folder, program)).find(isExecutableFile);
}

/**
 * The PATH of a host: the system's, not the caller's (which may hold node_modules/.bin and the like),
 * and the places of the programs the procedure needs where a distribution keeps them elsewhere.
 */
export function hostSearchPath(): string {
  const needed = [...REQUIRED.map((tool) => tool.program), "wget", "curl", "sha256sum", "gzip"];
  const folders = needed.map(findProgram).filter((path) => path !== undefined);
  return [...new Set([...SYSTEM_PATH, ...folders.map((path) => dirname(path))])].join(":");
}

/** Raises when this machine cannot carry a sandbox, with what to install. */
export function assertToolsArePresent(): void {
  if (process.platform !== "linux") {
    throw new Error(
      `The sandbox needs Linux: real processes, /proc and 127.x.y.z addresses. This is ${process.platform}.`,
    );
  }
  const missing = REQUIRED.filter((tool) => findProgram(tool.program) === undefined);
  if (findProgram("wget") === undefined && findProgram("curl") === undefined) {
    throw new Error("The sandbox's hosts download with wget or curl, and neither is installed: apt-get install wget");
  }
  if (missing.length > 0) {
    const programs = missing.map((tool) => tool.program).join(", ");
    const packages = missing.map((tool) => tool.package).join(" ");
    throw new Error(`The sandbox's hosts need ${programs}, not found on this machine: apt-get install ${packages}`);
  }
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
