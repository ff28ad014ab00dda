// One staging command: which release to put on which host, as a `command.remote.Command`.
//
// No `triggers` and no `delete`: they would run after the upgrade and remove what it runs on. A change of version
// changes the script, and the plugin then runs it again; so does a change of key, which finds everything staged.

import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ReleaseInputs, SshInputs } from "../provider/model/cluster-inputs";
import { DEFAULTS } from "../provider/model/default-values";
import { parseDuration } from "../provider/model/parse-duration";
import { quoteWord } from "../provider/model/quote";
import { buildConnection, type Connection, type ConnectionTarget } from "./build-connection";
import { buildStagingScript } from "./staging-script";

export interface StagingInputs {
  readonly version: pulumi.Input<string>;
  readonly release: pulumi.Input<unknown>;
  readonly ssh: pulumi.Input<unknown>;
  readonly node: pulumi.Input<unknown>;
}

export function createStagingCommand(
  name: string,
  index: number,
  inputs: StagingInputs,
  options: pulumi.CustomResourceOptions,
): remote.Command {
  const version = pulumi.output(inputs.version);
  return new remote.Command(
    name,
    {
      connection: pulumi
        .all([inputs.ssh, inputs.node])
        .apply(([ssh, node]) =>
          connectTo(ssh as SshInputs, { ...(node as ConnectionTarget), index }, pulumi.runtime.isDryRun()),
        ),
      create: version.apply(buildCreate),
      // By standard input, because every user of a host can read command lines, and Pulumi prints the command that failed.
      stdin: pulumi
        .all([version, inputs.release])
        .apply(([text, release]) => writeScript(text, (release ?? {}) as ReleaseInputs, pulumi.runtime.isDryRun())),
      // Errors are shown in any case.
      logging: "stdout",
      // Needs AcceptEnv on every host, and the script has no use for it.
      addPreviousOutputInEnv: false,
    },
    options,
  );
}

/** Says what it does where Pulumi prints it. A plugin that sent no script must not look like success. */
const buildCreate = (version: string): string =>
  `/bin/sh -c 'script=$(cat); if [ -z "$script" ]; then echo "the staging script did not arrive" >&2; exit 1; fi; eval "$script"' ${quoteWord(`stage BMDB ${version}`.replaceAll("\0", ""))}`;

/** Raises RunError for a host without a known key, so that no command can ever be sent to one. */
export function connectTo(ssh: SshInputs, node: ConnectionTarget, isPreview: boolean): Connection {
  const built = buildConnection(ssh ?? {}, node);
  if ("connection" in built) return built.connection;
  // In a preview the provider's check says the same, together with everything else that is wrong. Nothing is dialled.
  if (isPreview) return { host: node.host ?? "", hostKey: "unknown" };
  throw new pulumi.RunError(
    `${built.problem}; add it to ssh.knownHosts or ssh.hosts. Nothing was contacted; pulumi preview lists every problem`,
  );
}

/** Raises RunError for what cannot be staged. */
export function writeScript(version: string, release: ReleaseInputs, isPreview: boolean): string {
  const timeout = parseDuration(release.timeout ?? DEFAULTS.releaseTimeout);
  const sha256 = release.sha256?.[version];
  try {
    return buildStagingScript({
      version,
      url: release.url ?? DEFAULTS.releaseUrl,
      installDir: release.installDir ?? DEFAULTS.installDir,
      timeoutSeconds: timeout.ok ? timeout.value / 1000 : 0,
      ...(sha256 !== undefined && { sha256 }),
      ...(release.extensions !== undefined && { extensions: release.extensions }),
    });
  } catch (error) {
    const why = error instanceof RangeError ? error.message : "the staging script could not be written";
    if (isPreview) return `echo 'refused: see the problems that pulumi preview lists' >&2; exit 1\n`;
    throw new pulumi.RunError(`${why}. Nothing was contacted; pulumi preview lists every problem`);
  }
}
