// `pulumi-bmdb lease show|break`: who holds the lease on a cluster, and the way to take it from a run that cannot be ended.

import type { Command } from "commander";
import { readOperator } from "../adapters/operator";
import { systemClock } from "../adapters/system-clock";
import { systemRandom } from "../adapters/system-random";
import { askYesNo } from "../adapters/terminal";
import { isBmdbError } from "../errors/bmdb-error";
import { breakLease } from "../executor/break-lease";
import { readLeases } from "../executor/lease-hosts";
import { noteSightings } from "../lease/judge-lease";
import { DEFAULTS } from "../model/default-values";
import { parseDuration } from "../model/parse-duration";
import { renderError } from "../report/render-error";
import { renderLease } from "../report/render-lease";
import { type HostOptions, openHosts } from "./lease-hosts";

const TIMEOUT_MS = msOf(DEFAULTS.timeouts.ssh);
const QUESTION = "Break this lease? A run that still works is stopped in the middle.";
const LOOK_EVERY_MS = msOf(DEFAULTS.pollInterval);

/** Adds `lease show` and `lease break` to a program. */
export function addLeaseCommands(
  program: Command,
  print = (text: string): void => void process.stdout.write(`${text}\n`),
  ask = askYesNo,
): void {
  const lease = program.command("lease").description("the lease that keeps a second run out of a cluster");
  withHostOptions(lease.command("show"))
    .description("who holds it, by host; changes nothing")
    .option("--watch <duration>", "look again for so long, to see whether its owner lives, e.g. 30s")
    .action((options: HostOptions & { watch?: string }) => inWords(() => show(options, print)));
  withHostOptions(lease.command("break"))
    .description("take it from its owner: hosts refuse every command of that run from then on")
    .option("--yes", "do not ask")
    .action((options: HostOptions & { yes?: true }) => inWords(() => breakIt(options, print, ask)));
}

const withHostOptions = (command: Command): Command =>
  command
    .requiredOption(
      "--host <user@host:port>",
      "a host of the cluster; give every MServer's",
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option("--identity <file>", "private key; without it the ssh agent is asked")
    .option("--known-hosts <file>", "host keys; ~/.ssh/known_hosts when left out");

async function show(options: HostOptions & { watch?: string }, print: (text: string) => void): Promise<void> {
  const watchMs = options.watch === undefined ? 0 : msOf(options.watch, "--watch");
  const { names, shell } = openHosts(options, TIMEOUT_MS);
  try {
    const startedMs = systemClock.monotonicMs();
    let reading = await readLeases({ shell, clock: systemClock }, names, TIMEOUT_MS);
    let sightings = noteSightings(new Map(), reading);
    const isRenewed = (): boolean => [...sightings.values()].some((sighting) => sighting.isRenewed);
    while (!isRenewed() && systemClock.monotonicMs() - startedMs < watchMs) {
      await systemClock.sleep(LOOK_EVERY_MS);
      reading = await readLeases({ shell, clock: systemClock }, names, TIMEOUT_MS);
      sightings = noteSightings(sightings, reading);
    }
    print(
      renderLease(names, reading, {
        isRenewed: isRenewed(),
        watchedMs: watchMs === 0 ? 0 : systemClock.monotonicMs() - startedMs,
      }),
    );
  } finally {
    await shell.close();
  }
}

async function breakIt(
  options: HostOptions & { yes?: true },
  print: (text: string) => void,
  ask: typeof askYesNo,
): Promise<void> {
  const { names, shell } = openHosts(options, TIMEOUT_MS);
  const by = {
    ...readOperator(),
    stack: "pulumi-bmdb lease break",
    runId: `broken-${systemRandom.hex(6)}`,
    since: new Date(systemClock.nowMs()).toISOString(),
  };
  const limits = { timeoutMs: TIMEOUT_MS, termMs: msOf(DEFAULTS.timeouts.lease) };
  try {
    for (let round = 1; ; round += 1) {
      const shown = await readLeases({ shell, clock: systemClock }, names, TIMEOUT_MS);
      print(renderLease(names, shown, { isRenewed: false, watchedMs: 0 }));
      // A yes is one to what was just shown, and so is --yes: whoever comes after that is asked about anew.
      const answer = options.yes && round === 1 ? true : await ask(QUESTION);
      if (answer === undefined)
        throw new Error(
          round === 1
            ? "Nothing was changed: there is no terminal to ask on; give --yes."
            : "It is not broken there: another owner came meanwhile, and there is no terminal to ask on. Run the command again when that one is to lose it, too.",
        );
      if (!answer) return print(round === 1 ? "Nothing was changed." : "Nothing more was changed.");
      const broken = await breakLease(shell, names, shown, by, limits);
      for (const [name, why] of broken.failed) print(`Not on ${name}: ${why}`);
      if (broken.kept.length === 0)
        return print(`The lease is free, epoch ${broken.epoch}, on ${broken.written.join(", ")}.`);
      print(`Another owner came meanwhile on ${broken.kept.join(", ")}, and keeps it there:`);
    }
  } finally {
    await shell.close();
  }
}

/** Errors of the product as everywhere: what, why, next. */
async function inWords(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw isBmdbError(error) ? new Error(renderError(error).join("\n")) : error;
  }
}

function msOf(text: string, option = "a default"): number {
  const duration = parseDuration(text);
  if (!duration.ok) throw new Error(`${option}: ${text} ${duration.why}`);
  return duration.value;
}
