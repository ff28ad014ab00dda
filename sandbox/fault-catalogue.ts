// Every kind of fault: its sentence for `fault --list`, and the fields that it takes.

import { z } from "zod";
import { eventNameSchema } from "./events";
import type { SandboxFault, SandboxFaultKind } from "./fault-types";

const text = z.string().min(1);
const count = z.number().int().positive();
const ms = z.number().int().nonnegative();
const role = z.enum(["mserver", "dbserver"]);
const path = z.string().startsWith("/");

const ofProcess = { host: text, role, version: text.optional() };
const ofPage = { ...ofProcess, path: path.optional(), times: count.optional() };
const ofDbserver = { host: text, version: text.optional() };
const ofAdmin = { host: text.optional() };
const ofOperation = { ...ofAdmin, operation: text };

interface Entry {
  readonly sentence: string;
  readonly fields: z.ZodRawShape;
}

export const FAULT_CATALOGUE = {
  crash_at_start: {
    sentence: "The process writes a FATAL line and exits with 1 soon after each start.",
    fields: { ...ofProcess, afterMs: ms.optional() },
  },
  slow_start: {
    sentence: "The process serves only some time after its start.",
    fields: { ...ofProcess, afterMs: ms.optional() },
  },
  crash_while_serving: {
    sentence: "The process serves, and dies some time later, after each start.",
    fields: { ...ofProcess, afterMs: ms.optional() },
  },
  ignores_sigterm: {
    sentence: "The process does not end on SIGTERM; only SIGKILL ends it.",
    fields: ofProcess,
  },
  children_left_behind: {
    sentence: "A DBServer has a child that holds the BSQL port and outlives it.",
    fields: { ...ofDbserver, forMs: ms.optional() },
  },
  page_hangs: {
    sentence: "A page accepts the request and never answers.",
    fields: ofPage,
  },
  page_error_with_200: {
    sentence: "A page answers an error, in BMDB's own form, with status 200.",
    fields: { ...ofPage, text: text.optional() },
  },
  page_answers_503: {
    sentence: "A page answers with the bare status line of a 503 and closes the connection.",
    fields: ofPage,
  },
  page_half_json: {
    sentence: "A page answers the first half of its document, with status 200.",
    fields: ofPage,
  },
  page_of_other_cluster: {
    sentence: "A page answers with every uuid changed, as another cluster's page would.",
    fields: ofPage,
  },
  never_catches_up: {
    sentence: "The followers on a DBServer stay behind their leaders, more and more.",
    fields: { ...ofDbserver, lagMs: ms.optional() },
  },
  tile_under_replicated: {
    sentence: "A DBServer has lost its replica of one tile or more.",
    fields: { ...ofDbserver, tiles: count.optional() },
  },
  tile_leaderless: {
    sentence: "One tile of a DBServer or more has no leader anywhere.",
    fields: { ...ofDbserver, tiles: count.optional() },
  },
  leader_steps_down: {
    sentence: "The leader MServer hands over at each event of one kind, or every so often.",
    fields: { onEvent: eventNameSchema.optional(), everyMs: count.optional(), times: count.optional() },
  },
  stale_leader: {
    sentence: "An MServer hands over its leadership, and goes on claiming it and answering old data for a while.",
    fields: { host: text, forMs: ms.optional() },
  },
  admin_fails: {
    sentence: "An operation of bm-admin fails some times with a passing error, then works.",
    fields: { ...ofOperation, times: count.optional(), text: text.optional() },
  },
  admin_lies: {
    sentence: "An operation of bm-admin exits with 0 and an error, or with 1 and its success.",
    fields: {
      ...ofOperation,
      lie: z.enum(["error_with_exit_0", "success_with_exit_1"]),
      times: count.optional(),
    },
  },
  admin_lacks_operation: {
    sentence: "bm-admin does not know an operation, as an old one would not.",
    fields: ofOperation,
  },
  config_version_races: {
    sentence: "change_leader_blacklist loses against another change of the config some times.",
    fields: { ...ofAdmin, times: count.optional() },
  },
  promotion_needs_restart: {
    sentence: "A promotion of AutoFlags says that the processes need to be restarted.",
    fields: ofAdmin,
  },
  bsql_upgrade_conflicts: {
    sentence: "upgrade_bsql fails some times with a transaction conflict, then works.",
    fields: { ...ofAdmin, times: count.optional(), text: text.optional() },
  },
  bsql_upgrade_times_out: {
    sentence: "upgrade_bsql times out while the server goes on and finishes later.",
    fields: { takesMs: ms.optional(), clientWaitsMs: count.optional(), times: count.optional() },
  },
  xdcr_group_unready: {
    sentence: "Replication groups of this target are INITIALIZING or FAILED: they are not set up, paused or resumed.",
    fields: { state: z.enum(["INITIALIZING", "FAILED"]).optional() },
  },
  xdcr_config_races: {
    sentence: "set_universe_replication_enabled loses against another change of the config some times.",
    fields: { times: count.optional() },
  },
  xdcr_command_without_effect: {
    sentence: "set_universe_replication_enabled says that it succeeded, and changes nothing.",
    fields: { times: count.optional() },
  },
  xdcr_stream_errors: {
    sentence: "The streams of this target run, and get_replication_status shows errors for them.",
    fields: {
      error: z
        .string()
        .regex(/^REPLICATION_[A-Z_]+$/)
        .optional(),
      text: text.optional(),
    },
  },
  xdcr_lag_stays: {
    sentence: "The streams of this target run without errors, and their lag only grows.",
    fields: {},
  },
  supervisor_restarts_old: {
    sentence: "A supervisor on the host starts the old binary again as soon as the process ends.",
    fields: { host: text, role, release: text.optional() },
  },
  boot_starts_old: {
    sentence: "The host's crontab starts the old binaries at boot.",
    fields: { host: text, release: text.optional() },
  },
  post_install_fails: {
    sentence: "bin/post_install.sh of a release fails on a host.",
    fields: { host: text, release: text.optional() },
  },
  disk_full: {
    sentence: "The host's disk is full: df shows nothing available, and unpacking fails half-way.",
    fields: { host: text, only: z.enum(["df", "unpack"]).optional() },
  },
  clock_skew: {
    sentence: "The host's clock is off.",
    fields: { host: text, offsetMs: z.number().int() },
  },
  extension_missing: {
    sentence: "The running release carries an extension that newer ones lack.",
    fields: {
      host: text.optional(),
      release: text.optional(),
      name: z
        .string()
        .regex(/^[a-z][a-z0-9_]*$/)
        .optional(),
    },
  },
  network_cut: {
    sentence: "The network between hosts and operator is cut: nothing is refused, nothing is answered.",
    fields: { host: text.optional() },
  },
  corrupt_archive: {
    sentence: "The download server offers a damaged archive of a release; its .sha256 is the good one's.",
    fields: { release: text },
  },
  wrong_sha256: {
    sentence: "The download server offers a wrong .sha256 of a release.",
    fields: { release: text },
  },
  kill_process: {
    sentence: "At once: a process is killed; it is down, and a DBServer still shown ALIVE.",
    fields: { host: text, role },
  },
  host_reboots: {
    sentence: "At once: everything on a host is killed, then what its crontab says is started.",
    fields: { host: text },
  },
  blacklist_left_behind: {
    sentence: "At once: a DBServer is put on the leader blacklist, as by a run that broke off.",
    fields: { host: text },
  },
} as const satisfies Record<SandboxFaultKind, Entry>;

export const FAULT_KINDS = Object.keys(FAULT_CATALOGUE) as readonly SandboxFaultKind[];

/** The role that a kind is about where it takes none. */
export const IMPLIED_ROLES: Partial<Record<SandboxFaultKind, "mserver" | "dbserver">> = {
  children_left_behind: "dbserver",
  never_catches_up: "dbserver",
  tile_under_replicated: "dbserver",
  tile_leaderless: "dbserver",
  blacklist_left_behind: "dbserver",
  stale_leader: "mserver",
};

type ParsedFault = {
  [Kind in SandboxFaultKind]: { kind: Kind } & z.infer<z.ZodObject<(typeof FAULT_CATALOGUE)[Kind]["fields"]>>;
}[SandboxFaultKind];

/** Raises an Error that names every field which is wrong, missing or not for this kind. */
export function parseFault(given: unknown): SandboxFault {
  const { kind } = z.looseObject({ kind: z.enum(FAULT_KINDS) }).parse(given);
  const fields: z.ZodRawShape = FAULT_CATALOGUE[kind].fields;
  const parsed = z.strictObject({ kind: z.literal(kind), ...fields }).safeParse(given);
  if (parsed.success) return parsed.data as ParsedFault;
  throw new Error(`The fault ${kind} cannot be set like this:\n${z.prettifyError(parsed.error)}`);
}
