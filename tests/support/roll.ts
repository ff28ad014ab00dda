// A roll through the provider's functions, without the engine: what the dynamic provider is asked, and what it answers.

import { buildStagingScript } from "../../components/staging-script";
import { provider } from "../../provider/dynamic";
import type { ClusterInputs } from "../../provider/model/cluster-inputs";
import type { TestCluster } from "./sandbox-cluster";

export interface RollResult {
  /** Undefined: it succeeded. Otherwise the text under Diagnostics. */
  readonly failure: string | undefined;
  /** Outputs after a success; what the state would hold after a failure in the middle; undefined when nothing was begun. */
  readonly outputs: Record<string, unknown> | undefined;
}

/** Installs a release on every host by the script of the staging commands. */
export async function stage(cluster: TestCluster, version: string): Promise<void> {
  const script = buildStagingScript({
    version,
    url: `${cluster.sandbox.downloadsUrl}/bigmath-{version}.tar.gz`,
    installDir: "~/softwarebm-{version}",
    timeoutSeconds: 60,
  });
  for (const host of cluster.sandbox.hosts) {
    const { code, stderr } = await cluster.sandbox.exec(host.name, script);
    if (code !== 0) throw new Error(`${host.name} was not staged: ${stderr}`);
  }
}

export interface TestRoll {
  id: string;
  /** What the state holds. */
  outputs: Record<string, unknown>;
  up(version: string, more?: Partial<ClusterInputs>): Promise<RollResult>;
}

export async function adopt(
  cluster: TestCluster,
  version = "2.16.0.0",
  first: Partial<ClusterInputs> = {},
): Promise<TestRoll> {
  const created = await provider.create({ ...cluster.inputs(version, first) });
  const roll: TestRoll = {
    id: created.id,
    outputs: created.outs,
    async up(wanted, more = {}) {
      try {
        const { outs } = await provider.update(roll.id, roll.outputs, { ...cluster.inputs(wanted, more) });
        roll.outputs = outs;
        return { failure: undefined, outputs: outs };
      } catch (error) {
        const { reasons, properties, message } = error as Error & {
          reasons?: string[];
          properties?: Record<string, unknown>;
        };
        if (properties) roll.outputs = properties;
        return { failure: reasons?.[0] ?? message, outputs: properties };
      }
    },
  };
  return roll;
}
