// Every command that the product sends to a host, and nothing else. A command, or a line of one, that is not known here ends
// the simulation with an error: what it means must be written down before anything is built on it.

import type { MemoryCluster } from "../memory-cluster";
import { type MemoryHost, STATE_DIR } from "../memory-host";
import { launchAct } from "./act";
import { runAdminCommand } from "./admin";
import { answerHostFacts, isHostFacts, splitHostFacts } from "./host-facts";
import { answerHostDetails, answerStagedRelease, isHostDetails } from "./host-release";
import { passGuard, passInnerGuard, runLease } from "./lease";
import { writeStartRecord } from "./start-record";
import { UnknownCommand } from "./words";

export interface CommandAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const said = (stdout: string, code = 0): CommandAnswer => ({ code, stdout, stderr: "" });
const MARK = `${STATE_DIR}/dbserver.drained`;

export function runCommand(
  cluster: MemoryCluster,
  host: MemoryHost,
  given: { readonly command: string; readonly stdin: string; readonly by: string },
): CommandAnswer | Promise<CommandAnswer> {
  const nowMs = cluster.time.nowMs;
  const { command } = given;
  if (isHostFacts(command)) {
    const { facts, rest } = splitHostFacts(command);
    return said(answerHostFacts(host, facts, nowMs) + (rest === "" ? "" : answerStagedRelease(host, rest)));
  }
  if (isHostDetails(command)) return said(answerHostDetails(cluster, host, command));
  if (command === "date +%s.%N") return said(`${((nowMs + host.clockOffsetMs) / 1000).toFixed(9)}\n`);
  const lease = runLease(host, command);
  if (lease !== undefined) return lease;
  const read = /^cat "\$HOME\/\.pulumi-bmdb"\/'((?:mserver|dbserver)\.act)'$/.exec(command);
  if (read !== null) {
    const report = host.files.get(`${STATE_DIR}/${read[1]}`);
    return report === undefined ? { code: 1, stdout: "", stderr: "No such file" } : said(report);
  }
  // Only for what is shown when a process has died.
  if (command.startsWith('cd "$HOME/.pulumi-bmdb" 2>/dev/null || exit 0\ntail -n 15 ')) return said("");
  const outer = passGuard(host, command);
  if (outer.refusal !== undefined) return outer.refusal;
  const { rest, refusal } = passInnerGuard(host, outer.rest);
  return refusal ?? changeHost(cluster, host, { ...given, command: rest });
}

function changeHost(
  cluster: MemoryCluster,
  host: MemoryHost,
  given: { readonly command: string; readonly stdin: string; readonly by: string },
): CommandAnswer | Promise<CommandAnswer> {
  const { command } = given;
  const launched = launchAct(cluster, host, given);
  if (launched !== undefined) return { stdout: "", ...launched };
  const written = writeStartRecord(host, command, given.stdin);
  if (written !== undefined) return said("", written);
  switch (command) {
    case 'umask 077; mkdir -p "$HOME/.pulumi-bmdb" && : >"$HOME/.pulumi-bmdb/dbserver.drained"':
      return said("", host.write(MARK, "") ? 0 : 1);
    case 'umask 077; rm -f "$HOME/.pulumi-bmdb/dbserver.drained"':
      host.files.delete(MARK);
      return said("");
    case 'umask 077; test -e "$HOME/.pulumi-bmdb/dbserver.drained"':
      return said("", host.files.has(MARK) ? 0 : 1);
  }
  const admin = runAdminCommand(cluster, host, command);
  if (admin !== undefined) return admin;
  throw new UnknownCommand("this command", command);
}
