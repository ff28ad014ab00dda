// In which order the clusters of a topology are upgraded: one that reads before the one that it reads from, so that a target is
// finalised before its source. Clusters that read from each other, directly or around a ring, go one after the other by name.

import type { XdcrLink } from "./xdcr";

export function orderClusters(
  names: readonly string[],
  links: readonly Pick<XdcrLink, "source" | "target">[],
): string[] {
  const sorted = [...new Set(names)].sort();
  const goesBefore = new Map(sorted.map((name) => [name, reach(name, sorted, links)]));
  const isBefore = (a: string, b: string): boolean => goesBefore.get(a)?.has(b) ?? false;
  const ordered: string[] = [];
  while (ordered.length < sorted.length) {
    const left = sorted.filter((name) => !ordered.includes(name));
    // What must go before it is done, or goes around with it. There is always one.
    const next = left.find((name) => left.every((other) => !isBefore(other, name) || isBefore(name, other)));
    if (next === undefined) return [...ordered, ...left];
    ordered.push(next, ...left.filter((other) => other !== next && isBefore(next, other) && isBefore(other, next)));
  }
  return ordered;
}

/** Every cluster from which `name` reads, directly or through others. */
function reach(
  name: string,
  names: readonly string[],
  links: readonly Pick<XdcrLink, "source" | "target">[],
): Set<string> {
  const found = new Set<string>();
  const queue = [name];
  for (const each of queue) {
    for (const { source, target } of links) {
      if (target !== each || found.has(source) || !names.includes(source)) continue;
      found.add(source);
      queue.push(source);
    }
  }
  return found;
}
