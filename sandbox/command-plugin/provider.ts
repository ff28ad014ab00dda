// A stand-in for the plugin of `@pulumi/command`, for machines where Pulumi's own cannot be downloaded.
//
// It implements `command:remote:Command` and nothing else, and keeps the behaviours that programs have to be written for: a changed
// `connection` runs `create` again, changed `triggers` replace the resource, the text of a failed command is printed. It has no `diff`:
// the engine then compares the inputs itself and honours the SDK's `replaceOnChanges`, as it does for the official plugin.

import { randomBytes } from "node:crypto";
import type { provider as pulumiProvider } from "@pulumi/pulumi";
import { dial } from "./dial";
import type { EngineLog } from "./engine-log";
import { checkRemoteCommand, parseRemoteCommand, type RemoteCommand } from "./inputs";
import { hasSecret, unwrap, wrapSecret } from "./property-values";
import { type CommandOutput, runCommand } from "./run-command";

export const STAND_IN_NOTICE =
  "pulumi-bmdb's stand-in for the plugin of @pulumi/command runs the remote commands, because Pulumi's own plugin could not be downloaded.";

const TYPE = "command:remote:Command";

type Properties = Record<string, unknown>;

export function createCommandProvider(log: EngineLog): pulumiProvider.Provider {
  let isNoticeSaid = false;
  const run = async (urn: string, inputs: Properties, script: string | undefined, previous: CommandOutput) => {
    if (!isNoticeSaid) log.info(urn, STAND_IN_NOTICE);
    isNoticeSaid = true;
    const output = script === undefined ? previous : await runRemotely(urn, parse(inputs), script, previous, log);
    return protect(inputs, output);
  };

  return {
    version: "1.2.1+pulumi-bmdb-stand-in",
    async check(urn, _olds, news: Properties) {
      const failures = isRemoteCommand(urn)
        ? checkRemoteCommand(unwrap(news))
        : [
            `only ${TYPE} exists in pulumi-bmdb's stand-in for the plugin of @pulumi/command; install Pulumi's own plugin`,
          ];
      // A failure's property would be printed with its value, and the whole connection is a secret.
      return { inputs: news, failures: failures.map((reason) => ({ property: "", reason })) };
    },
    async create(urn, inputs: Properties) {
      const outs = await run(urn, inputs, parse(inputs).create, { stdout: "", stderr: "" });
      return { id: `${urn.split("::").at(-1)}${randomBytes(4).toString("hex")}`, outs };
    },
    async update(_id, urn, olds: Properties, news: Properties) {
      const command = parse(news);
      return { outs: await run(urn, news, command.update ?? command.create, readOutput(olds)) };
    },
    async delete(_id, urn, olds: Properties) {
      const { stdout, stderr, ...inputs } = olds;
      await run(urn, inputs, parse(inputs).delete, readOutput({ stdout, stderr }));
    },
  };
}

function isRemoteCommand(urn: string): boolean {
  return urn.split("::")[2]?.split("$").at(-1) === TYPE;
}

function parse(inputs: Properties): RemoteCommand {
  return parseRemoteCommand(unwrap(inputs));
}

function readOutput(properties: Properties): CommandOutput {
  const text = (value: unknown) => {
    const plain = unwrap(value);
    return typeof plain === "string" ? plain : "";
  };
  return { stdout: text(properties["stdout"]), stderr: text(properties["stderr"]) };
}

async function runRemotely(
  urn: string,
  command: RemoteCommand,
  script: string,
  previous: CommandOutput,
  log: EngineLog,
): Promise<CommandOutput> {
  const { client, close } = await dial(command.connection, (message) => log.info(urn, message, true));
  const say = (isWanted: boolean) => (line: string) => {
    if (isWanted && line !== "") log.info(urn, line, true);
  };
  try {
    return await runCommand(client, {
      command: script,
      stdin: command.stdin,
      environment: { ...command.environment, ...buildPreviousOutput(command, previous) },
      onStdoutLine: say(command.logging === "stdout" || command.logging === "stdoutAndStderr"),
      onStderrLine: say(command.logging === "stderr" || command.logging === "stdoutAndStderr"),
    });
  } finally {
    close();
  }
}

function buildPreviousOutput(command: RemoteCommand, previous: CommandOutput): Record<string, string> {
  if (!command.addPreviousOutputInEnv) return {};
  return {
    ...(previous.stdout === "" ? {} : { PULUMI_COMMAND_STDOUT: previous.stdout }),
    ...(previous.stderr === "" ? {} : { PULUMI_COMMAND_STDERR: previous.stderr }),
  };
}

/** The state: inputs as they came, the connection a secret in any case, and the output of a secret command secret too. */
function protect(inputs: Properties, output: CommandOutput): Properties {
  const { connection, ...others } = inputs;
  const isOutputSecret = [others["create"], others["update"], others["stdin"], others["environment"]].some(hasSecret);
  const guard = (text: string) => (isOutputSecret ? wrapSecret(text) : text);
  return {
    ...others,
    connection: wrapSecret(unwrap(connection)),
    stdout: guard(output.stdout),
    stderr: guard(output.stderr),
  };
}
