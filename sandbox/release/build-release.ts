// Builds `bigmath-$VER.tar.gz` and its `.sha256`, the archive that the download server of a sandbox offers. The same
// version gives the same bytes.

import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as tar from "tar";
import type { ReleaseAutoFlags } from "../cluster/auto-flags";
import { listFlagsOf, listMigrationsOf, RETIRED_FLAG } from "./known-releases";
import { POST_INSTALL, renderPlaceholder } from "./post-install";

export interface ReleaseOptions {
  readonly version: string;
  /** Created if absent. */
  readonly outDir: string;
  /** "flat": the archive's entries are the release's own; "top_directory": they are below `bigmath-$VER/`. @default "flat" */
  readonly layout?: "flat" | "top_directory";
  /** With an AutoFlag that no other release has. @default false */
  readonly retiredAutoFlag?: boolean;
}

export interface BuiltRelease {
  readonly archive: string;
  readonly sha256: string;
}

const BUILT_AT = new Date("2026-01-01T00:00:00Z");
const EXECUTABLES = ["mserver", "dbserver", "bm-admin"];

export async function buildRelease(options: ReleaseOptions): Promise<BuiltRelease> {
  const { version, outDir, layout = "flat" } = options;
  const compiled = findCompiledSandbox();
  fs.mkdirSync(outDir, { recursive: true });
  const work = fs.mkdtempSync(path.join(os.tmpdir(), "bmdb-release-"));
  try {
    const top = layout === "flat" ? "." : `bigmath-${version}`;
    writeRelease(path.join(work, top), compiled, options);
    const archive = path.join(outDir, `bigmath-${version}.tar.gz`);
    const temporary = `${archive}.${process.pid}.tmp`;
    const entries = listEntries(work);
    await tar.create(
      { file: temporary, cwd: work, gzip: { level: 9 }, portable: true, mtime: BUILT_AT, noDirRecurse: true },
      entries,
    );
    const sha256 = createHash("sha256").update(fs.readFileSync(temporary)).digest("hex");
    fs.renameSync(temporary, archive);
    fs.writeFileSync(`${archive}.sha256`, `${sha256}  bigmath-${version}.tar.gz\n`);
    return { archive, sha256 };
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

/** The processes run outside this package, so they need its compiled form even when this file itself runs from source. */
function findCompiledSandbox(): string {
  const beside = path.join(__dirname, "..");
  const candidates = [beside, path.join(beside, "..", "dist", "sandbox")];
  const found = candidates.find((dir) => fs.existsSync(path.join(dir, "processes", "mserver-main.js")));
  if (found === undefined)
    throw new Error(
      `The sandbox's processes are not compiled (looked in ${candidates.join(" and ")}): run \`npm run build\`.`,
    );
  return found;
}

function writeRelease(dir: string, compiled: string, { version, retiredAutoFlag = false }: ReleaseOptions): void {
  const write = (name: string, content: string, mode = 0o644): void => {
    const file = path.join(dir, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode });
    fs.chmodSync(file, mode);
  };
  const writeJson = (name: string, content: unknown): void => write(name, `${JSON.stringify(content, null, 2)}\n`);
  for (const name of EXECUTABLES) {
    write(`bin/${name}`, renderPlaceholder(name), 0o755);
    write(`lib/${name}.js`, `require("./processes/${name}-main.js");\n`);
  }
  write("bin/post_install.sh", POST_INSTALL, 0o755);
  // Whatever package.json a home directory may hold further up.
  writeJson("lib/package.json", { type: "commonjs" });
  for (const folder of ["cluster", "processes"]) {
    for (const file of listEntries(path.join(compiled, folder)).filter((name) => name.endsWith(".js"))) {
      write(path.join("lib", folder, file), fs.readFileSync(path.join(compiled, folder, file), "utf8"));
    }
  }
  writeJson("version_metadata.json", buildVersionMetadata(version));
  const autoFlags: ReleaseAutoFlags = {
    auto_flags: [
      { program: "mserver", flags: listFlagsOf(version, "mserver") },
      { program: "dbserver", flags: [...listFlagsOf(version, "dbserver"), ...(retiredAutoFlag ? [RETIRED_FLAG] : [])] },
    ],
  };
  writeJson("auto_flags.json", autoFlags);
  for (const file of listMigrationsOf(version)) write(`share/bsql_migrations/${file}`, `-- ${file}\nBEGIN;\nCOMMIT;\n`);
  for (const extension of ["pgcrypto", "pg_stat_statements"]) {
    write(
      `share/postgresql/extension/${extension}.control`,
      `comment = '${extension}'\ndefault_version = '1.0'\nrelocatable = true\n`,
    );
  }
}

function buildVersionMetadata(version: string): unknown {
  return {
    git_hash: createHash("sha1").update(version).digest("hex"),
    build_hostname: "bmdb-sandbox",
    build_timestamp: "01 Jan 2026 00:00:00 UTC",
    build_username: "sandbox",
    build_clean_repo: true,
    build_id: "1",
    build_type: "RELEASE",
    version_number: version,
    build_number: "1",
  };
}

/** Files below `dir`, sorted, so that an archive of them does not depend on the file system. */
function listEntries(dir: string): string[] {
  const walk = (below: string): string[] =>
    fs.readdirSync(path.join(dir, below), { withFileTypes: true }).flatMap((entry) => {
      const name = path.posix.join(below, entry.name);
      return entry.isDirectory() ? walk(name) : [name];
    });
  return walk("").sort();
}
