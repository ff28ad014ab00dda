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

/** Two processes cannot listen on one port of one host; the second of them is probably a copied line. */
function sharedPorts(view: InputsView, nodes: readonly NodeView[]): Problem[] {
  const owners = new Map<string, { readonly index: number; readonly role: string; readonly port: PortName }>();
  const problems: Problem[] = [];
  for (const { host, roles, index } of nodes) {
    for (const role of ["mserver", "dbserver"] as const) {
      if (host === undefined || !roles?.includes(role)) continue;
      for (const port of PORTS_OF_ROLE[role]) {
        const number = view.isAbsent("nodes", index, "ports", port)
          ? DEFAULTS.ports[port]
          : view.number("nodes", index, "ports", port);
        if (number === undefined) continue;
        const place = `${host.toLowerCase()} ${number}`;
        const owner = owners.get(place);
        if (owner === undefined) {
          owners.set(place, { index, role, port });
          continue;
        }
        const whose = `the ${owner.port} port of nodes[${owner.index}]`;
        // The same role on the same host and port is one process declared twice; one line says it.
        if (owner.index !== index && owner.role === role) {
          problems.push({ path: ["nodes", index, "host"], why: `${shown(host)} port ${number} is already ${whose}` });
          break;
        }
        problems.push({
          path: ["nodes", index, "ports", port],
          why: `${number} on ${shown(host)} is already ${whose}`,
        });
      }
    }
  }
  return problems;
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
