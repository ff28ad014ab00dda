// AutoFlags: switches for new formats that stay at their initial value until somebody promotes them.
//
// What is eligible is read from the `auto_flags.json` of the *leader MServer's* release and from nowhere else: a leader
// that still runs the old release says "nothing to promote", and nobody checks that all processes are upgraded.

export const AUTO_FLAGS_CLASSES = ["kLocalVolatile", "kLocalPersisted", "kExternal"] as const;
export type AutoFlagsClass = (typeof AUTO_FLAGS_CLASSES)[number];
export type ServerRole = "mserver" | "dbserver";

export interface AutoFlag {
  readonly name: string;
  readonly class: AutoFlagsClass;
  readonly is_runtime: boolean;
  readonly initial_value: string;
  readonly target_value: string;
}

/** The content of a release's `auto_flags.json`. */
export interface ReleaseAutoFlags {
  readonly auto_flags: readonly { readonly program: ServerRole; readonly flags: readonly AutoFlag[] }[];
}

/** What the cluster has promoted. */
export interface AutoFlagsConfig {
  readonly configVersion: number;
  readonly promoted: Readonly<Record<ServerRole, readonly string[]>>;
}

export const NO_AUTO_FLAGS: AutoFlagsConfig = { configVersion: 0, promoted: { mserver: [], dbserver: [] } };

export function listAutoFlags(release: ReleaseAutoFlags, role: ServerRole): readonly AutoFlag[] {
  return release.auto_flags.find((entry) => entry.program === role)?.flags ?? [];
}

export interface Promotion {
  readonly maxClass: AutoFlagsClass;
  readonly nonRuntime: boolean;
  readonly force: boolean;
}

/** The config after a promotion, or undefined when there is nothing to promote. */
export function planPromotion(
  config: AutoFlagsConfig,
  release: ReleaseAutoFlags,
  wanted: Promotion,
): AutoFlagsConfig | undefined {
  const isEligible = (flag: AutoFlag): boolean =>
    AUTO_FLAGS_CLASSES.indexOf(flag.class) <= AUTO_FLAGS_CLASSES.indexOf(wanted.maxClass) &&
    (wanted.nonRuntime || flag.is_runtime);
  const added = (role: ServerRole): string[] =>
    listAutoFlags(release, role)
      .filter((flag) => isEligible(flag) && !config.promoted[role].includes(flag.name))
      .map((flag) => flag.name);
  const mserver = added("mserver");
  const dbserver = added("dbserver");
  if (mserver.length + dbserver.length === 0 && !wanted.force) return undefined;
  return {
    configVersion: config.configVersion + 1,
    promoted: {
      mserver: [...config.promoted.mserver, ...mserver],
      dbserver: [...config.promoted.dbserver, ...dbserver],
    },
  };
}

/** A new cluster starts with everything its first release knows. */
export function buildInitialAutoFlags(release: ReleaseAutoFlags): AutoFlagsConfig {
  return (
    planPromotion(NO_AUTO_FLAGS, release, { maxClass: "kExternal", nonRuntime: true, force: false }) ?? NO_AUTO_FLAGS
  );
}

/** The first promoted flag that this release does not know: the process cannot run with it. */
export function findUnsupportedFlag(
  config: AutoFlagsConfig,
  release: ReleaseAutoFlags,
  role: ServerRole,
): string | undefined {
  const known = new Set(listAutoFlags(release, role).map((flag) => flag.name));
  return config.promoted[role].find((name) => !known.has(name));
}

/** Whether a promotion from `before` to `after` holds flags that take effect only at the next start. */
export function needsRestart(before: AutoFlagsConfig, after: AutoFlagsConfig, release: ReleaseAutoFlags): boolean {
  return (["mserver", "dbserver"] as const).some((role) =>
    listAutoFlags(release, role).some(
      (flag) =>
        !flag.is_runtime && after.promoted[role].includes(flag.name) && !before.promoted[role].includes(flag.name),
    ),
  );
}

/** The status text with which an old process refuses a promoted flag; 2.20 and newer word it differently. */
export function renderUnsupportedFlag(flag: string, version: string): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || minor >= 20
    ? `Not found (bm/server/auto_flags_manager_base.cc:288): AutoFlag '${flag}' is not found. Upgrade the process to a version that contains this AutoFlag. Current version: ${version}`
    : `Not implemented (bm/client/auto_flags_manager.cc:284): AutoFlag '${flag}' is not supported. Upgrade the process to a version that supports this flag.`;
}
