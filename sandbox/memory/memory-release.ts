// What lies in a release's directory, for a cluster in memory.

import type { Release } from "../processes/release-files";
import { listFlagsOf, listMigrationsOf } from "../release/known-releases";

const built = new Map<string, Release>();

export function buildMemoryRelease(version: string, dir: string): Release {
  const known = built.get(dir);
  if (known !== undefined) return known;
  const release: Release = {
    dir,
    metadata: {
      version_number: version,
      build_number: "1",
      git_hash: "0".repeat(40),
      build_timestamp: "01 Jan 2026 00:00:00 UTC",
      build_type: "RELEASE",
      build_hostname: "bmdb-sandbox",
      build_username: "sandbox",
      build_id: "1",
      build_clean_repo: true,
    },
    autoFlags: {
      auto_flags: (["mserver", "dbserver"] as const).map((program) => ({
        program,
        flags: listFlagsOf(version, program),
      })),
    },
    bsqlCatalogVersion: Math.max(0, ...listMigrationsOf(version).map((file) => Number(/^V(\d+)/.exec(file)?.[1]))),
  };
  built.set(dir, release);
  return release;
}
