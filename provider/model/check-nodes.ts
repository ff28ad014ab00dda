// Rules about the nodes together: every process has its own place, and there are enough of each kind.

import { DEFAULTS, PORTS_OF_ROLE, type PortName } from "./default-values";
import type { Problem } from "./explain-issues";
import type { InputsView, NodeView } from "./inputs-view";
import { shown } from "./plain-word";

export interface Findings {
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

export function checkNodes(view: InputsView, nodes: readonly NodeView[]): Findings {
  const counts = checkCounts(view, nodes);
  return {
    problems: [...repeatedNames(nodes), ...repeatedRoles(nodes), ...sharedPorts(view, nodes), ...counts.problems],
    warnings: counts.warnings,
  };
}

function repeatedNames(nodes: readonly NodeView[]): Problem[] {
  const seen = new Map<string, number>();
  return nodes.flatMap(({ name, index }) => {
    if (name === undefined) return [];
    const first = seen.get(name);
    if (first !== undefined) {
      return [{ path: ["nodes", index, "name"], why: `${shown(name)} is already the name of nodes[${first}]` }];
    }
    seen.set(name, index);
    return [];
  });
}

function repeatedRoles(nodes: readonly NodeView[]): Problem[] {
  return nodes.flatMap(({ roles, index }) =>
    (roles ?? []).flatMap((role, position, all) =>
      all.indexOf(role) < position
        ? [{ path: ["nodes", index, "roles", position], why: `"${role}" is given twice` }]
        : [],
    ),
  );
}

interface Owner {
  readonly index: number;
  readonly role: string;
  readonly port: PortName;
}

/** Two processes cannot listen on one port of one host; the second of them is probably a copied line. */
function sharedPorts(view: InputsView, nodes: readonly NodeView[]): Problem[] {
  const owners = new Map<string, Owner>();
  return nodes.flatMap((node) => {
    const problems = portsOf(view, node).flatMap(({ role, port, number, host }): Problem[] => {
      const place = `${host.toLowerCase()} ${number}`;
      const owner = owners.get(place);
      if (owner === undefined) {
        owners.set(place, { index: node.index, role, port });
        return [];
      }
      const whose = `is already the ${owner.port} port of nodes[${owner.index}]`;
      return owner.role === role && owner.index !== node.index
        ? [{ path: ["nodes", node.index, "host"], why: `${shown(host)} port ${number} ${whose}` }]
        : [{ path: ["nodes", node.index, "ports", port], why: `${number} on ${shown(host)} ${whose}` }];
    });
    // A node that is declared twice shares all its ports; the first of them says it.
    const copied = problems.find(({ path }) => path[2] === "host");
    return copied === undefined ? problems : [copied];
  });
}

function portsOf(view: InputsView, { host, roles, index }: NodeView) {
  if (host === undefined) return [];
  return (["mserver", "dbserver"] as const)
    .filter((role) => roles?.includes(role))
    .flatMap((role) => PORTS_OF_ROLE[role].map((port) => ({ role, port })))
    .flatMap(({ role, port }) => {
      const isUsual = view.isAbsent("nodes", index, "ports", port);
      const number = isUsual ? DEFAULTS.ports[port] : view.number("nodes", index, "ports", port);
      return number === undefined ? [] : [{ role, port, number, host }];
    });
}

function checkCounts(view: InputsView, nodes: readonly NodeView[]): Findings {
  // One unknown role could change every count.
  if (nodes.length === 0 || nodes.some((node) => node.roles === undefined)) return { problems: [], warnings: [] };
  const mserverCount = nodes.filter((node) => node.roles?.includes("mserver")).length;
  const dbserverCount = nodes.filter((node) => node.roles?.includes("dbserver")).length;
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  if (mserverCount === 0)
    problems.push({ path: ["nodes"], why: 'no node has the role "mserver"; a cluster has at least one' });
  if (dbserverCount === 0)
    problems.push({ path: ["nodes"], why: 'no node has the role "dbserver"; a cluster has at least one' });
  // A single MServer is the planner's to refuse: adopting such a cluster is fine.
  if (mserverCount === 2 && view.value("policy", "allowInterruption") !== true && isSettled(view)) {
    problems.push({
      path: ["nodes"],
      why: "two MServers have no majority while one of them restarts; add a third, or set policy.allowInterruption to accept the outage",
    });
  }
  if (mserverCount > 0 && mserverCount % 2 === 0) {
    warnings.push({
      path: ["nodes"],
      why: `${mserverCount} MServers survive no more failures than ${mserverCount - 1}; use an odd number`,
    });
  }
  return { problems, warnings };
}

/** False while policy.allowInterruption may still turn out to be true. */
const isSettled = (view: InputsView): boolean =>
  view.isAbsent("policy", "allowInterruption") || view.value("policy", "allowInterruption") !== undefined;
