// Where the outside world's inputs become a DesiredCluster. All problems are found at once, each begins
// with its path, and none contains a secret. Compares nothing with the live cluster: that is the planner's.

import { buildDesired } from "./build-desired";
import { checkAccess } from "./check-access";
import { checkNodes, type Findings } from "./check-nodes";
import { checkSettings } from "./check-settings";
import type { DesiredCluster } from "./desired";
import { explainIssue, type Problem, problemLine } from "./explain-issues";
import { clusterInputsSchema } from "./input-schema";
import { viewInputs, viewNodes } from "./inputs-view";
import { knownKeysAt } from "./schema-keys";
import { hasUnknownValue, isUnknownAt, isUnknownValue, unknownPaths } from "./unknown-value";

export type ParsedDesired =
  | { readonly desired: DesiredCluster; readonly warnings: string[] }
  | { readonly problems: string[] };

/** For `create` and `update`, where every value is known. */
export function parseDesired(inputs: unknown): ParsedDesired {
  const own = withoutInternals(inputs);
  const parsed = clusterInputsSchema.safeParse(own);
  const { problems: found, warnings } = findProblems(own, parsed);
  // The text that stands for it would pass for a host name.
  const unknown: Problem[] = unknownPaths(own).map((path) => ({ path, why: "is not known yet" }));
  const problems = [...unknown, ...found];
  if (problems.length > 0 || !parsed.success) return { problems: problems.map(problemLine) };
  return { desired: buildDesired(parsed.data), warnings: warnings.map(problemLine) };
}

/** For `check`: what is not known yet is not judged; everything else gets the same words as in `parseDesired`. */
export function parseDesiredInPreview(inputs: unknown): {
  readonly problems: string[];
  readonly warnings: string[];
  readonly hasUnknowns: boolean;
} {
  const own = withoutInternals(inputs);
  const hasUnknowns = hasUnknownValue(own);
  if (isUnknownValue(own)) return { problems: [], warnings: [], hasUnknowns };
  const { problems, warnings } = findProblems(own, clusterInputsSchema.safeParse(own));
  return { problems: problems.map(problemLine), warnings: warnings.map(problemLine), hasUnknowns };
}

type SchemaResult = ReturnType<typeof clusterInputsSchema.safeParse>;

function findProblems(inputs: unknown, parsed: SchemaResult): Findings {
  const keysAt = (path: readonly PropertyKey[]) => knownKeysAt(clusterInputsSchema, path);
  const ofShape = (parsed.success ? [] : parsed.error.issues)
    // The path of a misspelt property is its object's: it is wrong whatever its value will be.
    .filter((issue) => !isUnknownAt(inputs, issue.path))
    .flatMap((issue) => explainIssue(issue, inputs, keysAt));
  const { problems, warnings } = findRuleProblems(inputs);
  return { problems: [...ofShape, ...problems], warnings };
}

/** What is wrong between values whose shape is right; of others nothing is said. */
export function findRuleProblems(inputs: unknown): Findings {
  const view = viewInputs(inputs);
  const nodes = viewNodes(view);
  const ofNodes: Findings = nodes === undefined ? { problems: [], warnings: [] } : checkNodes(view, nodes);
  return {
    problems: [...ofNodes.problems, ...checkAccess(view, nodes), ...checkSettings(view, nodes)],
    warnings: ofNodes.warnings,
  };
}

/** `__provider` and `__ctx` belong to Pulumi and to us; the user did not write them. */
export function withoutInternals(inputs: unknown): unknown {
  if (typeof inputs !== "object" || inputs === null || Array.isArray(inputs)) return inputs;
  return Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
}
