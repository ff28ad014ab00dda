// What stands around the clusters of a topology, as a Pulumi program sees it: a pause before all of them, a resume after.
// Loaded by programs, like `cluster-version.ts`, and found again by the plugin in the same way.

import * as pulumi from "@pulumi/pulumi";

export const XDCR_PAUSE_TYPE = "pulumi-nodejs:dynamic/bmdb:XdcrPause";
export const XDCR_RESUME_TYPE = "pulumi-nodejs:dynamic/bmdb:XdcrResume";

export const PAUSE_TEXT =
  'exports.handler = () => require("node:module").createRequire(process.cwd() + "/_")("pulumi-bmdb/provider").xdcrPause;\n';
export const RESUME_TEXT =
  'exports.handler = () => require("node:module").createRequire(process.cwd() + "/_")("pulumi-bmdb/provider").xdcrResume;\n';

export class XdcrPause extends pulumi.CustomResource {
  /** Id and time of the last run that looked whether something has to rest; another one makes the resume look again. */
  declare readonly lastRun: pulumi.Output<Record<string, string>>;
  declare readonly planSummary: pulumi.Output<string>;

  constructor(name: string, inputs: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super(
      XDCR_PAUSE_TYPE,
      name,
      { ...inputs, lastRun: undefined, planSummary: undefined, __provider: PAUSE_TEXT },
      options,
    );
  }
}

export class XdcrResume extends pulumi.CustomResource {
  /** Links that this program still keeps paused, `TARGET:GROUP` → since. */
  declare readonly xdcrPaused: pulumi.Output<Record<string, string>>;
  declare readonly lastRun: pulumi.Output<Record<string, string>>;

  constructor(name: string, inputs: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super(
      XDCR_RESUME_TYPE,
      name,
      { ...inputs, xdcrPaused: undefined, lastRun: undefined, __provider: RESUME_TEXT },
      options,
    );
  }
}
