// Two ways to roll a cluster, behind one interface: through the provider's functions, which is fast, and on the real CLI.

import type { BmClusterArgs } from "../../components/bm-cluster-args";
import type { ClusterInputs } from "../../provider/model/cluster-inputs";
import type { SandboxOptions } from "../../sandbox/types";
import { adopt, stage } from "../support/roll";
import { startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { clusterProgram, createClusterStack, findCluster, planIn } from "./cluster-stack";

export const OLD = "2.16.0.0";
export const NEW = "2.18.0.0";

export interface RollDriver {
  /** Undefined: it succeeded. Otherwise the text in which the failure is told. */
  up(more?: Partial<ClusterInputs>): Promise<string | undefined>;
  /** What the last successful `up` said, and the plan that was shown before it. Empty through the functions, which show nothing. */
  readonly said: string;
  readonly plan: string;
  /** Of the cluster's resource in the state. */
  readOutputs(): Promise<Readonly<Record<string, unknown>>>;
  remove(): Promise<void>;
}

export type Way = "functions" | "cli";

/** `npm run test:long` rolls on the CLI throughout; `npm test` where a roll matters most. */
export const isLong = process.env["BMDB_TEST_LONG"] === "1";
export const wayOf = (quick: Way): Way => (isLong ? "cli" : quick);

/** Adopts the cluster. The functions do not stage, so the release is put in place here. */
export const startRoll = (cluster: TestCluster, way: Way, more: Partial<ClusterInputs> = {}): Promise<RollDriver> =>
  way === "cli" ? rollOnCli(cluster, more) : rollByFunctions(cluster, more);

/** A cluster for one roll; `first` is what the adoption says beside the version. */
export async function withRoll(
  sandbox: Partial<SandboxOptions>,
  way: Way,
  first: Partial<ClusterInputs>,
  act: (cluster: TestCluster, roll: RollDriver) => Promise<void>,
): Promise<void> {
  const cluster = await startTestCluster(sandbox);
  let roll: RollDriver | undefined;
  try {
    roll = await startRoll(cluster, way, first);
    await act(cluster, roll);
  } finally {
    await roll?.remove();
    await cluster.remove();
  }
}

// Inputs and arguments differ in Input<…> only.
const argsOf = (cluster: TestCluster, version: string, more: Partial<ClusterInputs>): BmClusterArgs =>
  cluster.args(version, more as Partial<BmClusterArgs>);

async function rollByFunctions(cluster: TestCluster, first: Partial<ClusterInputs>): Promise<RollDriver> {
  await stage(cluster, NEW);
  const roll = await adopt(cluster, OLD, first);
  return {
    up: async (more = {}) => (await roll.up(NEW, more)).failure,
    said: "",
    plan: "",
    readOutputs: async () => roll.outputs,
    remove: async () => undefined,
  };
}

async function rollOnCli(cluster: TestCluster, first: Partial<ClusterInputs>): Promise<RollDriver> {
  const stack = await createClusterStack(argsOf(cluster, OLD, first));
  const adopted = await stack.up();
  if (!adopted.isOk) throw new Error(`the cluster was not adopted:\n${adopted.text}`);
  const last = { said: "", plan: "" };
  return {
    async up(more = {}) {
      const program = clusterProgram(argsOf(cluster, NEW, more));
      last.plan = planIn(await stack.preview({ program }));
      const result = await stack.up();
      last.said = result.text;
      return result.isOk ? undefined : result.text;
    },
    get said() {
      return last.said;
    },
    get plan() {
      return last.plan;
    },
    readOutputs: async () => findCluster(await stack.exportState())?.outputs ?? {},
    remove: () => stack.remove(),
  };
}
