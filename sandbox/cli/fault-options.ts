// The fields of all faults as options of `fault set`; which of them a kind takes, the catalogue says.

import { type Command, InvalidArgumentError, Option } from "commander";

interface FaultOption {
  readonly flags: string;
  readonly description: string;
  readonly isNumber?: true;
}

const OPTIONS: readonly FaultOption[] = [
  { flags: "--host <name>", description: "the host" },
  { flags: "--role <role>", description: "the process: mserver or dbserver" },
  { flags: "--version <version>", description: "only while the process is of this release" },
  { flags: "--release <version>", description: "the release that is damaged, fails, or is started" },
  { flags: "--path <path>", description: "the page, e.g. /api/v1/masters; without it every page" },
  { flags: "--operation <name>", description: "the operation of bm-admin, e.g. upgrade_bsql" },
  { flags: "--lie <lie>", description: "admin_lies: error_with_exit_0 or success_with_exit_1" },
  { flags: "--text <text>", description: "what is answered instead of BMDB's own error" },
  { flags: "--only <way>", description: "disk_full: df or unpack" },
  { flags: "--name <name>", description: "extension_missing: the extension (postgis)" },
  { flags: "--state <state>", description: "xdcr_group_unready: INITIALIZING or FAILED" },
  { flags: "--error <name>", description: "xdcr_stream_errors: e.g. REPLICATION_MISSING_OP_ID" },
  { flags: "--on-event <event>", description: "leader_steps_down: at each of these events" },
  { flags: "--times <n>", description: "how often, over all processes", isNumber: true },
  { flags: "--tiles <n>", description: "how many tiles (1)", isNumber: true },
  { flags: "--after-ms <ms>", description: "when it happens after a start", isNumber: true },
  { flags: "--every-ms <ms>", description: "leader_steps_down: after so long as leader", isNumber: true },
  { flags: "--for-ms <ms>", description: "stale_leader: how long", isNumber: true },
  { flags: "--lag-ms <ms>", description: "never_catches_up: how far behind at once", isNumber: true },
  { flags: "--offset-ms <ms>", description: "clock_skew: how far the clock is off, either way", isNumber: true },
  { flags: "--takes-ms <ms>", description: "bsql_upgrade_times_out: how long the server takes", isNumber: true },
  { flags: "--client-waits-ms <ms>", description: "bsql_upgrade_times_out: how long bm-admin waits", isNumber: true },
];

export function addFaultOptions(command: Command): Command {
  for (const { flags, description, isNumber } of OPTIONS) {
    const option = new Option(flags, description);
    command.addOption(isNumber ? option.argParser(parseNumber) : option);
  }
  return command;
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number)) throw new InvalidArgumentError("a whole number");
  return number;
}
