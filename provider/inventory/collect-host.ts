// What one host shows over ssh: its BMDB processes, the release that lies ready, and our own last acts.
// A host that cannot be reached gives facts that are not known; only a host key that is wrong ends the reading.

import { isBmdbError } from "../errors/bmdb-error";
import { cleanLine } from "../errors/clean-output";
import type { DesiredCluster, DesiredNode, Role } from "../model/desired";
import { type Fact, factOf, type Parsed, parsed, unparsed } from "../model/fact";
import type { HostFacts, RunningProcess } from "../model/host-facts";
import type { StagedRelease } from "../model/inventory";
import type { Clock, CommandResult, Shell } from "../ports";
import { buildHostFactsCommand } from "./host-facts-command";
import { parseHostFacts } from "./parse/host-facts";
import { buildStagedReleaseCommand, parseStagedRelease } from "./staged-release";

export interface HostView {
  readonly running: Readonly<Record<Role, Fact<RunningProcess | null>>>;
  readonly lastActVersion: Readonly<Record<Role, Fact<string | null>>>;
  readonly staged: Fact<StagedRelease>;
}

export async function collectHost(
  shell: Shell,
  clock: Clock,
  desired: DesiredCluster,
  node: DesiredNode,
): Promise<HostView> {
  const timeoutMs = desired.policy.timeouts.sshMs;
  const ask = async <T>(command: string, parse: (result: CommandResult) => Parsed<T>): Promise<Parsed<T>> => {
    try {
      return parse(await shell.run(node.name, command, { timeoutMs }));
    } catch (error) {
      // Somebody else may be answering in the host's place: that is never only a missing fact.
      if (!isBmdbError(error) || error.code.startsWith("HostKey") || error.code === "SshLoginRefused") throw error;
      return unparsed(cleanLine(error.text.what));
    }
  };
  const [facts, release] = await Promise.all([
    ask(buildHostFactsCommand({ processNames: ["mserver", "dbserver"] }), (result) => parseHostFacts(result.stdout)),
    ask(buildStagedReleaseCommand(desired.release.installDir, desired.version), (result) =>
      parseStagedRelease(result.stdout),
    ),
  ]);
  const atMs = clock.nowMs();
  const running = (role: Role) => factOf(findProcess(facts, role), `ssh ${node.name}`, atMs);
  const lastAct = (role: Role): Fact<string | null> =>
    factOf(release.ok ? parsed(release.value.inHand[role] ?? null) : release, `ssh ${node.name}`, atMs);
  return {
    running: { mserver: running("mserver"), dbserver: running("dbserver") },
    lastActVersion: { mserver: lastAct("mserver"), dbserver: lastAct("dbserver") },
    staged: factOf(release.ok ? parsed(release.value.staged) : release, `ssh ${node.name}`, atMs),
  };
}

function findProcess(facts: Parsed<HostFacts>, role: Role): Parsed<RunningProcess | null> {
  if (!facts.ok) return facts;
  const found = facts.value.processes.filter((process) => process.name === role);
  if (found.length > 1)
    return unparsed(
      `there are ${found.length} processes ${role} on this host (${found.map((process) => process.pid).join(", ")}); which one is meant is not clear`,
    );
  return parsed(found[0] ?? null);
}
