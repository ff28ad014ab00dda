// The resource as a Pulumi program sees it. Loaded by programs, so it must never load ssh2 or undici:
// the provider's code is found by the engine's plugin process through the constant text below.

import * as pulumi from "@pulumi/pulumi";

export const CLUSTER_VERSION_TYPE = "pulumi-nodejs:dynamic/bmdb:ClusterVersion";

/**
 * Not serialized by the SDK but constant: no secret can leak into it, and a new release of this package makes no diff.
 * `createRequire` and not `require`, because the plugin loads this text without a file name.
 */
export const PROVIDER_TEXT =
  'exports.handler = () => require("node:module").createRequire(process.cwd() + "/_")("pulumi-bmdb/provider").provider;\n';

export class ClusterVersion extends pulumi.CustomResource {
  declare readonly version: pulumi.Output<string>;
  declare readonly phase: pulumi.Output<string>;
  declare readonly finalized: pulumi.Output<boolean>;
  declare readonly processes: pulumi.Output<Record<string, string>>;
  declare readonly lastRun: pulumi.Output<Record<string, string>>;
  declare readonly planSummary: pulumi.Output<string>;

  constructor(name: string, inputs: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super(
      CLUSTER_VERSION_TYPE,
      name,
      {
        ...inputs,
        phase: undefined,
        finalized: undefined,
        processes: undefined,
        lastRun: undefined,
        planSummary: undefined,
        __provider: PROVIDER_TEXT,
      },
      options,
    );
  }
}
