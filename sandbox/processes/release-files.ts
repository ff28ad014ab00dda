// What a process reads from its own release directory, once, at start. It goes on reporting that even when the files
// change under it.

import * as fs from "node:fs";
import * as path from "node:path";
import type { ReleaseAutoFlags } from "../cluster/auto-flags";

export interface VersionMetadata {
  readonly version_number: string;
  readonly build_number: string;
  readonly git_hash: string;
  readonly build_timestamp: string;
  readonly build_type: string;
  readonly build_hostname: string;
  readonly build_username: string;
  readonly build_id: string;
  readonly build_clean_repo: boolean;
}

export interface Release {
  readonly dir: string;
  readonly metadata: VersionMetadata;
  readonly autoFlags: ReleaseAutoFlags;
  /** Highest number of `share/bsql_migrations/V*.sql`. */
  readonly bsqlCatalogVersion: number;
}

export function readRelease(executable: string = process.execPath): Release {
  const dir = path.dirname(path.dirname(executable));
  const readJson = (name: string): unknown => JSON.parse(fs.readFileSync(path.join(dir, name), "utf8"));
  const migrations = fs.readdirSync(path.join(dir, "share", "bsql_migrations"));
  const numbers = migrations.map((name) => Number(/^V(\d+)(?:\.\d+)?__.*\.sql$/.exec(name)?.[1] ?? 0));
  return {
    dir,
    metadata: readJson("version_metadata.json") as VersionMetadata,
    autoFlags: readJson("auto_flags.json") as ReleaseAutoFlags,
    bsqlCatalogVersion: Math.max(0, ...numbers),
  };
}

/** What `--version` prints. */
export function renderVersionLine(metadata: VersionMetadata): string {
  const { version_number, build_number, git_hash, build_type, build_timestamp } = metadata;
  return `version ${version_number} build ${build_number} revision ${git_hash} build_type ${build_type} built at ${build_timestamp}`;
}
