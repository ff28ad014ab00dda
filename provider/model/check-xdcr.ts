// Rules about declared replication: every name is one of a cluster, and nothing keeps it paused for good.

import { didYouMean } from "./did-you-mean";
import type { Problem } from "./explain-issues";
import type { InputsView, NodeView } from "./inputs-view";
import { isName, shown } from "./plain-word";

export function checkXdcr(view: InputsView, nodes: readonly NodeView[] | undefined): Problem[] {
  if (view.isAbsent("xdcr")) return [];
  return [...manualFinalisation(view), ...clusterNames(view, nodes ?? []), ...links(view)];
}

function manualFinalisation(view: InputsView): Problem[] {
  if (view.text("finalize") !== "manual") return [];
  return [
    {
      path: ["finalize"],
      why: '"manual" and xdcr exclude each other: replication would stay paused until somebody finalises, while the source forgets what the target has not read',
    },
  ];
}

function clusterNames(view: InputsView, nodes: readonly NodeView[]): Problem[] {
  const self = view.text("xdcr", "self");
  return view.keys("xdcr", "clusters").flatMap((name): Problem[] => {
    const path = ["xdcr", "clusters", name];
    if (!isName(name))
      return [{ path, why: "the name is not usable; lower-case letters, digits and inner hyphens are allowed" }];
    if (name === self) return [{ path, why: "is this cluster itself (xdcr.self); only the other ones are named here" }];
    if (nodes.some((node) => node.name === name))
      return [{ path, why: `a node is called ${shown(name)} too, and ssh.hosts could mean either; rename one` }];
    return [];
  });
}

function links(view: InputsView): Problem[] {
  const self = view.text("xdcr", "self");
  const count = view.count("xdcr", "links");
  if (self === undefined || count === undefined || view.value("xdcr", "clusters") === undefined) return [];
  const names = [self, ...view.keys("xdcr", "clusters")];
  const seen = new Set<string>();
  return Array.from({ length: count }, (_, index) => index).flatMap((index) => {
    const problems: Problem[] = [];
    const [source, target] = (["source", "target"] as const).map((end) => {
      const name = view.text("xdcr", "links", index, end);
      if (name !== undefined && isName(name) && !names.includes(name))
        problems.push({
          path: ["xdcr", "links", index, end],
          why: `${shown(name)} is neither xdcr.self nor one of xdcr.clusters${didYouMean(name, names)}`,
        });
      return name;
    });
    if (source !== undefined && source === target)
      problems.push({ path: ["xdcr", "links", index], why: `${shown(source)} cannot replicate from itself` });
    const key = `${target} ${view.text("xdcr", "links", index, "group")}`;
    if (seen.has(key))
      problems.push({ path: ["xdcr", "links", index], why: "is there twice; a group has one source on its target" });
    seen.add(key);
    return problems;
  });
}
