// Rules about a topology: what its links name, what every cluster of it says, and that replication can run again afterwards.

import type { MemberInputs } from "./cluster-inputs";
import { didYouMean } from "./did-you-mean";
import type { Problem } from "./explain-issues";
import { memberInputsSchema } from "./input-schema";
import { type InputsView, viewInputs } from "./inputs-view";
import { findRuleProblems } from "./parse-desired";
import { isName, shown } from "./plain-word";
import { describeLogin, describePeer } from "./topology";
import { hasUnknownValue, UNKNOWN_VALUE } from "./unknown-value";
import { isSameRelease, parseVersion } from "./version";

/** As far as the inputs are known and well formed. */
export function checkTopology(inputs: unknown): Problem[] {
  const view = viewInputs(inputs);
  const names = view.keys("clusters");
  return [
    ...clusterNames(view, names),
    ...links(view, names),
    ...users(view, names),
    ...once(names.flatMap((name) => ofMember(view, names, name))),
  ];
}

function clusterNames(view: InputsView, names: readonly string[]): Problem[] {
  const unusable = "the name is not usable; lower-case letters, digits and inner hyphens are allowed";
  const named = view.count("links") === undefined ? undefined : endsOf(view);
  return [
    ...names.filter((name) => !isName(name)).map((name) => ({ path: ["clusters", name], why: unusable })),
    ...names
      .filter((name) => named !== undefined && !named.includes(undefined) && !named.includes(name))
      .map((name) => ({ path: ["clusters", name], why: "no link names it; make it a BmCluster of its own" })),
    ...view
      .keys("external")
      .filter((name) => names.includes(name))
      .map((name) => ({ path: ["external", name], why: "is one of `clusters` already" })),
  ];
}

const endsOf = (view: InputsView): (string | undefined)[] =>
  Array.from({ length: view.count("links") ?? 0 }, (_, index) => [
    view.text("links", index, "source"),
    view.text("links", index, "target"),
  ]).flat();

function links(view: InputsView, names: readonly string[]): Problem[] {
  const all = [...names, ...view.keys("external")];
  const seen = new Set<string>();
  if (view.value("clusters") === undefined) return [];
  return Array.from({ length: view.count("links") ?? 0 }, (_, index) => index).flatMap((index) => {
    const problems: Problem[] = [];
    const ends = (["source", "target"] as const).map((end) => ({ end, name: view.text("links", index, end) }));
    for (const { end, name } of ends)
      if (name !== undefined && isName(name) && !all.includes(name))
        problems.push({
          path: ["links", index, end],
          why: `${shown(name)} is neither one of \`clusters\` nor of \`external\`${didYouMean(name, all)}`,
        });
    const [source, target] = ends.map(({ name }) => name);
    if (source !== undefined && source === target)
      problems.push({ path: ["links", index], why: `${shown(source)} cannot replicate from itself` });
    else if (ends.every(({ name }) => name !== undefined && all.includes(name) && !names.includes(name)))
      problems.push({
        path: ["links", index],
        why: "is between two external clusters; none of `clusters` is involved",
      });
    const group = view.text("links", index, "group");
    const key = `${target} ${group}`;
    if (target !== undefined && group !== undefined && seen.has(key))
      problems.push({ path: ["links", index], why: "is there twice; a group has one source on its target" });
    seen.add(key);
    return problems;
  });
}

/** A host of each cluster is reached from the settings of the others, which know one user. */
function users(view: InputsView, names: readonly string[]): Problem[] {
  const [first, ...others] = names;
  if (first === undefined) return [];
  const userOf = (name: string): string | undefined =>
    view.isAbsent("clusters", name, "ssh", "user") ? "" : view.text("clusters", name, "ssh", "user");
  return others
    .filter((name) => userOf(name) !== undefined && userOf(first) !== undefined && userOf(name) !== userOf(first))
    .map((name) => ({
      path: ["clusters", name, "ssh", "user"],
      why: `is another one than that of ${shown(first)}; the clusters of a topology are reached as one user`,
    }));
}

/** What a BmCluster would say of it, at the place where the topology has it. */
function ofMember(view: InputsView, names: readonly string[], self: string): Problem[] {
  const own = view.value("clusters", self);
  if (typeof own !== "object" || own === null) return [];
  const others = names.filter((name) => name !== self).map((name) => [name, viewMember(view, name)] as const);
  const ssh = objectAt(view, "clusters", self, "ssh");
  const hosts = objectAt(view, "clusters", self, "ssh", "hosts");
  const logins = others.map(([name, member]) => [name, member ? describeLogin(member) : UNKNOWN_VALUE]);
  const peers = others.map(([name, member]) => [name, member ? describePeer(member) : UNKNOWN_VALUE]);
  const declared = {
    ...own,
    ...(ssh && { ssh: { ...ssh, hosts: { ...Object.fromEntries(logins), ...hosts } } }),
    xdcr: {
      self,
      links: view.value("links"),
      clusters: { ...Object.fromEntries(peers), ...objectAt(view, "external") },
    },
  };
  return findRuleProblems(declared).problems.flatMap((problem) => {
    const [first, second, name] = problem.path;
    if (first !== "xdcr") return [{ ...problem, path: ["clusters", self, ...problem.path] }];
    // Links have their own rules above, and other clusters of the topology speak for themselves.
    if (second !== "clusters" || name === undefined) return [];
    if (!names.includes(String(name))) return [{ ...problem, path: ["external", ...problem.path.slice(2)] }];
    return problem.path.length === 3 && isName(String(name)) ? [{ ...problem, path: ["clusters", name] }] : [];
  });
}

/** Undefined while something of it is not known, or not of the right shape. */
function viewMember(view: InputsView, name: string): MemberInputs | undefined {
  const value = view.value("clusters", name);
  const parsed = memberInputsSchema.safeParse(value);
  return parsed.success && !hasUnknownValue(value) ? parsed.data : undefined;
}

function objectAt(view: InputsView, ...path: PropertyKey[]): object | undefined {
  const value = view.value(...path);
  return typeof value === "object" && value !== null ? value : undefined;
}

const once = (problems: readonly Problem[]): Problem[] => [
  ...new Map(problems.map((problem) => [`${problem.path.join("\0")}\0${problem.why}`, problem])).values(),
];

/** After a change of versions replication must be able to run again (spec X2, X3). */
export function findUnequalVersions(inputs: unknown): Problem[] {
  const view = viewInputs(inputs);
  const [first, ...others] = view
    .keys("clusters")
    .map((name) => ({ name, version: view.text("clusters", name, "version") }));
  if (first?.version === undefined || parseVersion(first.version) === undefined) return [];
  const { name: reference, version: wanted } = first;
  return others.flatMap(({ name, version }) =>
    version === undefined || parseVersion(version) === undefined || isSameRelease(wanted, version)
      ? []
      : [
          {
            path: ["clusters", name, "version"],
            why: `${shown(version)} is another release than ${shown(wanted)} of ${reference}: replication between them would stay paused (spec X2)`,
          },
        ],
  );
}
