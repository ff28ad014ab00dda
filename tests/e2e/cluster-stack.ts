// A stack with one BmCluster in it, on the real engine.

import type { Output } from "@pulumi/pulumi";
import { BmCluster } from "../../components/bm-cluster";
import type { BmClusterArgs } from "../../components/bm-cluster-args";
import { createPulumiStack, type OperationResult, type StateResource, type TestStack } from "./harness";

export const clusterProgram =
  (args: BmClusterArgs, extra: Readonly<Record<string, unknown>> = {}) =>
  async (): Promise<Record<string, unknown>> => {
    const cluster = new BmCluster("prod", args);
    const outputs: Record<string, Output<unknown>> = {
      version: cluster.version,
      phase: cluster.phase,
      processes: cluster.processes,
      finalized: cluster.finalized,
      mserverAddresses: cluster.mserverAddresses,
    };
    return { ...outputs, ...extra };
  };

export const createClusterStack = (args: BmClusterArgs): Promise<TestStack> =>
  createPulumiStack({ program: clusterProgram(args) });

export const findCluster = (state: readonly StateResource[]): StateResource | undefined =>
  state.find((resource) => resource.type === "pulumi-nodejs:dynamic/bmdb:ClusterVersion");

/** The one message that holds the plan. */
export const planIn = (result: OperationResult): string =>
  result.diagnostics.find(
    (diagnostic) => !diagnostic.isEphemeral && diagnostic.message.includes("Before anything is stopped"),
  )?.message ?? "";
