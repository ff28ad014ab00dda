// The flags of a process as varz shows them: effective values, sorted by type and name, promoted AutoFlags included.

import { type AutoFlagsConfig, listAutoFlags, type ReleaseAutoFlags, type ServerRole } from "../cluster/auto-flags";
import type { Flags } from "./flags";

export interface ShownFlag {
  readonly name: string;
  readonly value: string;
  readonly type: "NodeInfo" | "Custom" | "Auto" | "Default";
}

const TYPE_ORDER = ["NodeInfo", "Custom", "Auto", "Default"];

interface Listed {
  readonly release: ReleaseAutoFlags;
  readonly config: AutoFlagsConfig;
  readonly shown: readonly ShownFlag[];
}
/** Of the flags that a process was given, as they were listed last: they are asked for far more often than they change. */
const listed = new WeakMap<Flags, Listed>();

export function listShownFlags(
  flags: Flags,
  role: ServerRole,
  release: ReleaseAutoFlags,
  config: AutoFlagsConfig,
): readonly ShownFlag[] {
  const known = listed.get(flags);
  if (known?.release === release && known.config === config) return known.shown;
  const shown = buildShownFlags(flags, role, release, config);
  listed.set(flags, { release, config, shown });
  return shown;
}

function buildShownFlags(
  flags: Flags,
  role: ServerRole,
  release: ReleaseAutoFlags,
  config: AutoFlagsConfig,
): ShownFlag[] {
  const shown: ShownFlag[] = flags.definitions.map(({ name, isNodeInfo }) => ({
    name,
    value: flags.values.get(name) ?? "",
    type: isNodeInfo ? "NodeInfo" : flags.given.has(name) ? "Custom" : "Default",
  }));
  for (const flag of listAutoFlags(release, role)) {
    const isPromoted = config.promoted[role].includes(flag.name);
    shown.push({ name: flag.name, value: isPromoted ? flag.target_value : flag.initial_value, type: "Auto" });
  }
  return shown.sort((a, b) => TYPE_ORDER.indexOf(a.type) - TYPE_ORDER.indexOf(b.type) || (a.name < b.name ? -1 : 1));
}
