// How a process is started, as a script that stays on its host: `sh ~/.pulumi-bmdb/mserver.start RELEASE_DIR`.
// It repeats what was found running: flags, environment, limits, umask, output files. It is written before the first
// stop, so that a process found down later can be started with the same, by us or by a person at night.

import type { ProcessStart, Role } from "../model/desired";
import type { ProcessLimits, RunningProcess } from "../model/host-facts";
import { quoteWord } from "../model/quote";

export type StartScript =
  | { readonly ok: true; readonly script: string; readonly output: string }
  | { readonly ok: false; readonly reason: string };

/** Not repeated: they belong to the shell that started the process. */
const SHELL_VARIABLES = new Set(["_", "PWD", "OLDPWD", "SHLVL"]);

/** From the running process, with whatever `override` says instead. */
export function buildStartScript(role: Role, running: RunningProcess | null, override: ProcessStart): StartScript {
  const args = override.args ?? running?.argv.slice(1);
  if (args === undefined) return { ok: false, reason: "it is not running and process arguments are not given" };
  const environment = { ...(running?.environment ?? {}), ...(override.environment ?? {}) };
  const trouble = override.args === undefined && running ? findUnrepeatable(running) : undefined;
  if (trouble) return { ok: false, reason: trouble };
  const own = override.output === undefined ? undefined : quoteWord(override.output);
  const stdout = own ?? outputOf(running?.stdout, role);
  const stderr = own ?? outputOf(running?.stderr, role);
  const lines = [
    "# How pulumi-bmdb starts this process: env -i sh THIS_FILE RELEASE_DIR. Its environment may hold secrets.",
    'bmdb_dir=$(cd "$(dirname "$0")" && pwd) || exit 1',
    'cd "$1" || exit 1',
    ...Object.entries(environment)
      .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !SHELL_VARIABLES.has(name))
      .map(([name, value]) => `export ${name}=${quoteWord(value)}`),
    ...(running?.umask ? [`umask ${quoteWord(running.umask)}`] : []),
    `limits=${quoteWord(running ? limitOptions(running.limits) : "")}`,
    // Word splitting of $limits is wanted: it holds options of ours only.
    `if [ "\${2:-}" = check ]; then exec \${limits:+prlimit $limits} test -x ./bin/${role}; fi`,
    `exec \${limits:+prlimit $limits} ./bin/${role} ${args.map(quoteWord).join(" ")} </dev/null >>${stdout} 2>>${stderr}`,
  ];
  return { ok: true, script: `${lines.join("\n")}\n`, output: stderr };
}

// Relative paths would be looked up in the new release's directory, and paths into the old release would
// tie the new process to it (spec P3: "normally" has to be verified).
function findUnrepeatable(running: RunningProcess): string | undefined {
  const given = running.argv.slice(1).flatMap(splitArgument);
  const release = running.releaseDir;
  const inside = given.find(({ value }) => value === release || value.startsWith(`${release}/`));
  if (release !== undefined && inside) return `its argument ${inside.value} lies inside the release it runs`;
  const isInside = (path: string): boolean =>
    release !== undefined && (path === release || path.startsWith(`${release}/`));
  const variable = Object.entries(running.environment ?? {}).find(
    ([name, value]) => !SHELL_VARIABLES.has(name) && value.split(":").some(isInside),
  );
  // Only its name: values of the environment are secret.
  if (variable) return `its environment variable ${variable[0]} leads into the release it runs`;
  const output = [running.stdout, running.stderr].find((path) => path !== undefined && isInside(path));
  if (output) return `its output file ${output} lies inside the release it runs`;
  const relative = given.find(
    ({ flag, value }) =>
      !value.startsWith("/") &&
      (/^\.{1,2}(\/|$)/.test(value) || /\.(conf|flags?|cfg|gflags)$/.test(value) || PATH_FLAG.test(flag)),
  );
  return relative && `its argument ${relative.value} is a relative path`;
}

/** Flags whose values are paths, whatever they look like: `--fs_data_dirs=data` would become an empty directory elsewhere. */
const PATH_FLAG = /(?:file|path|dirs?|root)$/;

/** `--fs_data_dirs=/a,/b`, or the same in two words, as its single values. A value without a name has no flag. */
function splitArgument(arg: string, index: number, args: readonly string[]): { flag: string; value: string }[] {
  const match = /^(-[^=]*)=(.*)$/s.exec(arg);
  if (!match && arg.startsWith("-")) return [];
  const previous = args[index - 1] ?? "";
  const flag = match?.[1] ?? (previous.startsWith("-") && !previous.includes("=") ? previous : "");
  return (match?.[2] ?? arg)
    .split(",")
    .filter((value) => value !== "")
    .map((value) => ({ flag, value }));
}

function outputOf(target: string | undefined, role: Role): string {
  // A pipe or a terminal belongs to whoever started it; nobody reads it after a restart.
  if (
    target === undefined ||
    !target.startsWith("/") ||
    target.endsWith(" (deleted)") ||
    target.startsWith("/dev/pts/")
  )
    return `"$bmdb_dir/${role}.out"`;
  return quoteWord(target);
}

// prlimit and not ulimit: it takes the numbers of /proc/PID/limits as they are.
function limitOptions(limits: ProcessLimits): string {
  const repeated = ["nofile", "nproc", "core", "memlock", "stack"] as const;
  return repeated
    .flatMap((name) => {
      const limit = limits[name];
      return limit && [limit.soft, limit.hard].every((value) => /^(\d+|unlimited)$/.test(value))
        ? [`--${name}=${limit.soft}:${limit.hard}`]
        : [];
    })
    .join(" ");
}
