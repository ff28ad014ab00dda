// A fault and what a roll must do about it. The tables beside this file hold the cases; the tests run them.

import type { ClusterInputs } from "../../../provider/model/cluster-inputs";
import type { SandboxFault } from "../../../sandbox/types";
import type { ExpectedFailure } from "../../support/failure-text";
import type { TestCluster } from "../../support/sandbox-cluster";

type Policy = NonNullable<ClusterInputs["policy"]>;

export interface FaultCase {
  /** Completes "when …". */
  readonly title: string;
  /** Switched on right before the roll, by `pulumi-bmdb sandbox fault set`. */
  readonly faults: readonly SandboxFault[];
  /** What no fault does: a person's hand, an earlier run. */
  readonly prepare?: (cluster: TestCluster) => Promise<void>;
  /** Puts right what clearing the faults does not. */
  readonly repair?: (cluster: TestCluster) => Promise<void>;
  readonly policy?: Policy;
  readonly inputs?: Partial<ClusterInputs>;
}

export interface StoppingCase extends FaultCase {
  readonly failure: ExpectedFailure;
  /** The process in hand when the roll stops, `dbserver db2`; absent: it stops between processes. */
  readonly inHand?: string;
  /** What somebody else than the roll starts or stops. */
  readonly notByUs?: readonly string[];
}

export interface SurvivedCase extends FaultCase {
  /** On the CLI: what the plan, or the roll, must say about it. */
  readonly says?: RegExp;
  readonly doesLeaderMove?: true;
  readonly blacklistLeftCount?: number;
  /** Cannot be together with the others on one cluster. */
  readonly isAlone?: true;
}

/** Long where nothing is waited for when all is well, because the machine may be slow; the cases shorten what they run into. */
export function policyFor({ policy = {} }: FaultCase): Policy {
  const timeouts = {
    gate: "90s",
    start: "60s",
    return: "60s",
    stop: "30s",
    page: "5s",
    bsqlUpgrade: "90s",
    bsqlRest: "2s",
  };
  return {
    pause: "300ms",
    pollInterval: "100ms",
    drainTimeout: "5s",
    ...policy,
    timeouts: { ...timeouts, ...policy.timeouts },
  };
}

export const inputsFor = (one: FaultCase): Partial<ClusterInputs> => ({ ...one.inputs, policy: policyFor(one) });
