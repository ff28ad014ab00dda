import * as pulumi from "@pulumi/pulumi";

/**
 * What a resource of ours is told of itself, because the engine does not: under which URN it reports, and whether this is a preview.
 * A promise and not an output: an output would make the child wait for its component, and so for itself.
 */
export function describeCall(name: string, type: string, parent: pulumi.Resource): pulumi.Inputs {
  const urn = pulumi.createUrn(name, type, parent);
  return {
    urn: new Promise<string>((resolve) => {
      urn.apply(resolve);
    }),
    dryRun: pulumi.runtime.isDryRun(),
  };
}
