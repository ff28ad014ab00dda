// What one host shows over ssh: its BMDB processes, the release that lies ready, and our own last acts.
// A host that cannot be reached gives facts that are not known; only a host key that is wrong ends the reading.

import { isBmdbError } from "../errors/bmdb-error";
import { cleanLine } from "../errors/clean-output";
import type { DesiredCluster, DesiredNode, Role } from "../model/desired";
import { type Fact, factOf, overSsh, type Parsed, parsed, unparsed } from "../model/fact";
import type { ClockReading, HostDetails } from "../model/host-details";
import type { HostFacts, RunningProcess } from "../model/host-facts";
import type { HostInventory, StagedRelease } from "../model/inventory";
import type { Clock, CommandResult, Shell } from "../ports";
import { buildHostDetailsCommand, parseHostDetails } from "./host-details";
import { buildHostFactsCommand } from "./host-facts-command";
import { parseHostFacts } from "./parse/host-facts";
import { textAfterHostFacts } from "./parse/host-lines";
import { buildStagedReleaseCommand, parseStagedRelease } from "./staged-release";

export interface HostView {
  readonly running: Readonly<Record<Role, Fact<RunningProcess | null>>>;
  readonly lastActVersion: Readonly<Record<Role, Fact<string | null>>>;
  readonly staged: Fact<StagedRelease>;
  readonly host: Omit<HostInventory, "node">;
}

export interface HostQuestion {
  readonly shell: Shell;
  readonly clock: Clock;
  readonly desired: DesiredCluster;
  readonly node: DesiredNode;
  /** Asks the details of the staged release, the disks and the boot scripts too; undefined: they are left out. */
  readonly details: { readonly paths: Promise<readonly string[]> } | undefined;
}

export async function collectHost({ shell, clock, desired, node, details }: HostQuestion): Promise<HostView> {
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
  const { installDir } = desired.release;
  const disksOf = details ? [installDir.replaceAll("{version}", desired.version)] : [];
  const factsCommand = buildHostFactsCommand({ processNames: ["mserver", "dbserver"], disksOf });
  const askDetails = async (): Promise<Parsed<HostDetails>> => {
    if (!details) return unparsed("its details were not asked this time");
    const paths = await details.paths;
    return ask(buildHostDetailsCommand({ installDir, version: desired.version, paths, timeoutMs }), (result) =>
      parseHostDetails(result.stdout),
    );
  };
  // One command, because each costs a round trip, and a host that is busy a process.
  const seen = await ask(`${factsCommand}\n${buildStagedReleaseCommand(installDir, desired.version)}`, (result) =>
    parsed(result.stdout),
  );
  const facts = seen.ok ? parseHostFacts(seen.value) : seen;
  const release = seen.ok ? parseStagedRelease(textAfterHostFacts(seen.value)) : seen;
  // Afterwards: it runs `mserver --version`, which the facts would take for a second MServer.
  const detailed = await askDetails();
  const clockReading = details
    ? await readClock(clock, () => ask("date +%s.%N", (result) => parseClock(result.stdout)))
    : unparsed<ClockReading>("its clock was not asked this time");
  const atMs = clock.nowMs();
  const running = (role: Role) => factOf(findProcess(facts, role), overSsh(node.name), atMs);
  const lastAct = (role: Role): Fact<string | null> =>
    factOf(release.ok ? parsed(release.value.inHand[role] ?? null) : release, overSsh(node.name), atMs);
  return {
    running: { mserver: running("mserver"), dbserver: running("dbserver") },
    lastActVersion: { mserver: lastAct("mserver"), dbserver: lastAct("dbserver") },
    staged: factOf(release.ok ? parsed(release.value.staged) : release, overSsh(node.name), atMs),
    host: {
      facts: factOf(facts, overSsh(node.name), atMs),
      clock: factOf(clockReading, overSsh(node.name), atMs),
      details: factOf(detailed, overSsh(node.name), atMs),
      actsUnderWay: factOf(release.ok ? parsed(release.value.actsUnderWay) : release, overSsh(node.name), atMs),
    },
  };
}

const CLOCK_TRIES = 3;

/** The host reads its clock somewhere between our two readings: that is how well the difference is known. The best of some tries. */
async function readClock(clock: Clock, ask: () => Promise<Parsed<number>>): Promise<Parsed<ClockReading>> {
  let best: Parsed<ClockReading> = unparsed("its clock was not read");
  for (let tries = 0; tries < CLOCK_TRIES; tries += 1) {
    const sentAtMs = clock.nowMs();
    const seen = await ask();
    const receivedAtMs = clock.nowMs();
    if (!seen.ok) return seen;
    const uncertaintyMs = Math.abs(receivedAtMs - sentAtMs) / 2;
    const offsetMs = seen.value - (sentAtMs + receivedAtMs) / 2;
    if (!best.ok || uncertaintyMs < best.value.uncertaintyMs) best = parsed({ offsetMs, uncertaintyMs });
  }
  return best;
}

function parseClock(output: string): Parsed<number> {
  const match = /^(\d{9,11}\.\d{3})\d*\s*$/.exec(output);
  return match ? parsed(Number(match[1]) * 1000) : unparsed("its clock is not understood");
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
