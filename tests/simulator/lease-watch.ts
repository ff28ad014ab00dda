// The lease, as it lies on the hosts: nobody takes that of a run which renewed it within its term, whatever his clock says, and
// whoever holds it renews it. Knows the first words of a record, `held EPOCH RUN`, and nothing of how it is got.

import type { MemoryCluster } from "../../sandbox/memory/memory-cluster";
import { STATE_DIR } from "../../sandbox/memory/memory-host";

export interface LeaseRules {
  readonly termMs: number;
  readonly graceMs: number;
  /** Ids of runs that go on, and always did. */
  living(): readonly string[];
  complain(rule: string, text: string): void;
}

interface Lying {
  readonly state: string;
  readonly run: string;
  readonly writtenAtMs: number;
}

const SAMPLE_MS = 2000;
/** Two looks of an observer can be that much closer together than two writes. */
const SLACK_MS = 500;

export function watchLease({ time, hosts }: MemoryCluster, rules: LeaseRules): void {
  const voters = hosts.filter((host) => host.roles.includes("mserver"));
  const majority = Math.floor(voters.length / 2) + 1;
  const lying = new Map<string, Lying>();
  const told = new Set<string>();
  const heldBy = (run: string): Lying[] =>
    [...lying.values()].filter((each) => each.run === run && each.state === "held");

  for (const host of voters)
    host.onWrite = (path, _before, text) => {
      if (path !== `${STATE_DIR}/lease`) return;
      const [state = "", epoch = "", id = ""] = text.split(" ");
      const run = `${epoch} ${id}`;
      const before = lying.get(host.name);
      const own = before === undefined ? [] : heldBy(before.run);
      const isGivenUp = [...lying.values()].some((each) => each.run === before?.run && each.state === "free");
      const fresh = own.filter(({ writtenAtMs }) => time.nowMs - writtenAtMs < rules.termMs - SLACK_MS);
      if (before?.state === "held" && id !== before.run.split(" ")[1] && !isGivenUp && fresh.length >= majority)
        rules.complain(
          "the lease of a living run is its own",
          `${id} took on ${host.name} what ${before.run} had renewed`,
        );
      lying.set(host.name, { state, run, writtenAtMs: time.nowMs });
    };

  const sample = (): void => {
    time.after(SAMPLE_MS, sample);
    for (const id of rules.living()) {
      const run = [...lying.values()].find((each) => each.run.endsWith(` ${id}`) && each.state === "held")?.run;
      const written = heldBy(run ?? "")
        .map(({ writtenAtMs }) => writtenAtMs)
        .sort((a, b) => b - a);
      const oldest = written[majority - 1];
      if (oldest === undefined || told.has(id) || time.nowMs - oldest <= rules.termMs + rules.graceMs) continue;
      told.add(id);
      rules.complain("the lease is renewed", `${id} goes on, and its lease is ${time.nowMs - oldest} ms old`);
    }
  };
  sample();
}
