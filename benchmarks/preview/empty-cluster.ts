// What a BmCluster would be if it did nothing: the same children with the same inputs, and a dynamic provider of one-line methods.
// It is copied into the project that is measured, so it imports packages only.

import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

interface EmptyArgs {
  readonly version: string;
  readonly nodes: readonly { readonly name: string; readonly host: string }[];
  readonly ssh: { readonly user: string; readonly port: number; readonly privateKey: pulumi.Output<string> };
  readonly [other: string]: unknown;
}

// A constant text, as the product's is; a provider that the SDK serializes would cost the program some more.
const PROVIDER_TEXT = `exports.handler = () => ({
  check: async (olds, news) => ({ inputs: news }),
  diff: async () => ({ changes: false }),
  create: async (inputs) => ({ id: "empty", outs: { ...inputs, phase: "adopted", finalized: true, processes: {}, lastRun: {} } }),
  read: async (id, props) => ({ id, props }),
  update: async (id, olds, news) => ({ outs: news }),
  delete: async () => undefined,
});
`;

class EmptyVersion extends pulumi.CustomResource {
  declare readonly version: pulumi.Output<string>;
  declare readonly phase: pulumi.Output<string>;
  declare readonly processes: pulumi.Output<Record<string, string>>;

  constructor(name: string, inputs: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    const outputs = { phase: undefined, finalized: undefined, processes: undefined, lastRun: undefined };
    super(
      "pulumi-nodejs:dynamic/bmdb:EmptyVersion",
      name,
      { ...inputs, ...outputs, __provider: PROVIDER_TEXT },
      options,
    );
  }
}

export class BmCluster extends pulumi.ComponentResource {
  readonly version: pulumi.Output<string>;
  readonly phase: pulumi.Output<string>;
  readonly processes: pulumi.Output<Record<string, string>>;
  readonly mserverAddresses: string;

  constructor(name: string, args: EmptyArgs, options?: pulumi.ComponentResourceOptions) {
    super("bmdb:index:EmptyCluster", name, {}, options);
    const { user, port, privateKey } = args.ssh;
    const commands = args.nodes.map(
      (node) =>
        new remote.Command(
          `${name}-stage-${node.name}`,
          {
            connection: { host: node.host, user, port, privateKey },
            create: "true",
            triggers: [args.version],
            addPreviousOutputInEnv: false,
          },
          { parent: this },
        ),
    );
    const own = new EmptyVersion(name, args, { parent: this, dependsOn: commands });
    this.version = own.version;
    this.phase = own.phase;
    this.processes = own.processes;
    this.mserverAddresses = args.nodes.map((node) => `${node.host}:11000`).join(",");
    this.registerOutputs({ version: this.version, phase: this.phase });
  }
}
