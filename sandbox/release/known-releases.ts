// What differs between the sandbox's releases: AutoFlags and BSQL migrations, each newer one with more of both.

import type { AutoFlag, AutoFlagsClass, ServerRole } from "../cluster/auto-flags";

interface NewFlag {
  readonly since: string;
  readonly program: ServerRole;
  readonly flag: AutoFlag;
}

const newFlag = (since: string, program: ServerRole, name: string, flagClass: AutoFlagsClass): NewFlag => ({
  since,
  program,
  flag: { name, class: flagClass, is_runtime: true, initial_value: "false", target_value: "true" },
});

export const knownReleases = ["2.14.0.0", "2.16.0.0", "2.18.0.0", "2.20.0.0"] as const;

const NEW_FLAGS: readonly NewFlag[] = [
  newFlag("2.16", "mserver", "enable_automatic_tile_splitting", "kExternal"),
  newFlag("2.16", "dbserver", "bsql_enable_packed_row", "kLocalPersisted"),
  newFlag("2.18", "mserver", "use_parent_table_id_field", "kLocalPersisted"),
  newFlag("2.18", "dbserver", "bsql_enable_expression_pushdown", "kLocalVolatile"),
  newFlag("2.18", "dbserver", "regular_tiles_data_block_key_value_encoding", "kLocalPersisted"),
  newFlag("2.20", "mserver", "enable_xdcr_auto_flag_validation", "kExternal"),
  newFlag("2.20", "dbserver", "bsql_bypass_cond_recheck", "kLocalVolatile"),
  newFlag("2.20", "dbserver", "cdc_before_image_format", "kExternal"),
];

/** Invented, for rehearsals of many upgrades in a row: each even series after the known ones brings one of each. */
function listLaterSeries(version: string): string[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const count = major === 2 ? Math.max(0, Math.floor((minor - LAST_KNOWN_MINOR) / 2)) : 0;
  return Array.from({ length: count }, (_, index) => `2.${LAST_KNOWN_MINOR + 2 * (index + 1)}`);
}
const LAST_KNOWN_MINOR = 20;

const listLaterFlags = (version: string, program: ServerRole): AutoFlag[] =>
  listLaterSeries(version).map(
    (series) =>
      newFlag(series, program, `enable_${program}_format_of_${series.replace(".", "_")}`, "kLocalPersisted").flag,
  );

/** Of BMDB's own past: promoted in one release, unknown to the next ones, which then die at their start. */
export const RETIRED_FLAG: AutoFlag = newFlag(
  "",
  "dbserver",
  "cdcsdk_enable_cleanup_of_expired_table_entries",
  "kLocalPersisted",
).flag;

const MIGRATIONS: readonly { readonly since: string; readonly file: string }[] = [
  { since: "2.14", file: "V20__10801__local_read_replica.sql" },
  { since: "2.14", file: "V21__12112__tile_properties.sql" },
  { since: "2.16", file: "V22__12558__index_backfill_status.sql" },
  { since: "2.16", file: "V23__13028__query_diagnostics.sql" },
  { since: "2.18", file: "V24__14041__role_profiles.sql" },
  { since: "2.18", file: "V25__14445__alter_pg_stat_statements.sql" },
  { since: "2.18", file: "V26__15191__catalog_version_per_database.sql" },
  { since: "2.20", file: "V27__16042__replication_slots.sql" },
  { since: "2.20", file: "V28__17321__wait_events.sql" },
];

/** Compares `major.minor` only: what a series brings, all its releases have. */
function isIn(version: string, since: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [sinceMajor = 0, sinceMinor = 0] = since.split(".").map(Number);
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}

export function listFlagsOf(version: string, program: ServerRole): AutoFlag[] {
  const known = NEW_FLAGS.filter((entry) => entry.program === program && isIn(version, entry.since));
  return [...known.map((entry) => entry.flag), ...listLaterFlags(version, program)];
}

export function listMigrationsOf(version: string): string[] {
  const known = MIGRATIONS.filter((migration) => isIn(version, migration.since)).map((migration) => migration.file);
  const later = listLaterSeries(version).map((series, index) => `V${29 + index}__rehearsal_of_${series}.sql`);
  return [...known, ...later];
}
