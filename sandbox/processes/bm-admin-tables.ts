// The tables that bm-admin prints.

import type { DbserverRow, RegistrationAnswer } from "../cluster/requests";

/** A blank and a tab, not a tab alone. */
const SEPARATOR = " \t";

interface MServerRow {
  readonly address: string;
  readonly answer: RegistrationAnswer | "NETWORK_ERROR" | "TIMED_OUT";
}

export function renderMServerTable(rows: readonly MServerRow[]): string[] {
  const line = (uuid: string, address: string, state: string, role: string, broadcast: string): string =>
    [uuid.padEnd(32), address.padEnd(20), state.padEnd(8), role, broadcast.padEnd(20)].join(SEPARATOR);
  return [
    line("Master UUID", "RPC Host/Port", "State", "Role", "Broadcast Host/Port"),
    ...rows.map(({ address, answer }) =>
      typeof answer === "string"
        ? line("UNKNOWN_UUID", address, answer, "UNKNOWN", "N/A")
        : line(answer.registration.uuid, address, "ALIVE", answer.role, "N/A"),
    ),
  ];
}

export function renderBalancerTable(rows: readonly (MServerRow & { readonly state: string })[]): string[] {
  const line = (uuid: string, address: string, state: string, role: string, balancer: string): string =>
    [uuid.padEnd(32), address.padEnd(20), state.padEnd(8), role, balancer].join(SEPARATOR);
  return [
    line("Master UUID", "RPC Host/Port", "State", "Role", "Load Balancer State"),
    ...rows.map(({ address, answer, state }) =>
      typeof answer === "string"
        ? line("UNKNOWN_UUID", address, answer, "UNKNOWN", state)
        : line(answer.registration.uuid, address, "ALIVE", answer.role, state),
    ),
  ];
}

export function renderDbserverTable(rows: readonly DbserverRow[]): string[] {
  const header =
    "Tablet Server UUID               RPC Host/Port Heartbeat delay Status   Reads/s  Writes/s Uptime   SST total size  SST uncomp size SST #files      Memory   Broadcast Host/Port ";
  return [
    header,
    ...rows.map((row) =>
      [
        row.registration.uuid,
        row.registration.rpc,
        `${(row.heartbeatDelayMs / 1000).toFixed(2)}s`.padEnd(15),
        row.status.padEnd(8),
        "0.00".padEnd(8),
        "0.00".padEnd(8),
        String(row.uptimeSec).padEnd(8),
        "0 B".padEnd(15),
        "0 B".padEnd(15),
        "0".padEnd(15),
        `${(row.ramBytes / 1e6).toFixed(2)} MB`,
        "N/A",
      ].join(" "),
    ),
  ];
}
