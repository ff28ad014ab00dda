import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { readDescription } from "../description";
import { pagesUrl } from "../hosts/cluster-pages";
import { sandboxPaths } from "../hosts/layout";
import { quoteIfNeeded } from "../hosts/quote";
import { isSandboxRunning } from "../open-sandbox";
import { startSandbox } from "../sandbox";
import type { Sandbox, SandboxOptions } from "../types";
import { type LayoutWishes, planHosts } from "./layouts";
import { dirOption, parseCount, parseFactor, parseSeconds } from "./options";
import { print, renderTable } from "./print";

interface UpOptions extends LayoutWishes {
  readonly dir: string;
  readonly version: string;
  readonly timeScale: number;
  readonly ssh: NonNullable<SandboxOptions["ssh"]>;
  readonly json?: true;
  readonly htmlOnly?: true;
  readonly dataInsideRelease?: true;
  readonly retiredAutoFlag?: true;
  readonly walRetention?: number;
}

export function addUp(sandbox: Command): void {
  sandbox
    .command("up")
    .description("start a cluster and leave it running")
    .addOption(dirOption())
    .option("--hosts <n>", "how many hosts (colocated; default 3)", parseCount)
    .addOption(
      new Option("--layout <layout>", "both processes on one host, or one each")
        .choices(["colocated", "separate"])
        .default("colocated"),
    )
    .option("--mservers <n>", "how many MServers (default 3)", parseCount)
    .option("--dbservers <n>", "how many DBServers (default 3, or one on every host)", parseCount)
    .option("--version <version>", "the release that runs at first", "2.16.0.0")
    .option("--time-scale <factor>", "all of BMDB's timers times this; 1 is real time", parseFactor, 0.1)
    .addOption(new Option("--ssh <kind>", "the hosts' ssh server").choices(["builtin", "openssh"]).default("builtin"))
    .option("--html-only", "a BMDB without JSON: only its HTML pages answer")
    .option("--data-inside-release", "the data directories are inside the first release")
    .option("--retired-auto-flag", "the first release has a promoted AutoFlag that the others lack")
    .option(
      "--wal-retention <seconds>",
      "how long a source of xDCR keeps what is not read (14400 times --time-scale)",
      parseSeconds,
    )
    .option("--json", "print what was started as JSON")
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const dir = resolve(options.dir);
  if (readDescription(dir) !== undefined && isSandboxRunning(dir)) {
    throw new Error(
      `A sandbox already runs in ${dir}. See it: pulumi-bmdb sandbox status --dir ${dir}; end it: pulumi-bmdb sandbox down --dir ${dir}`,
    );
  }
  const hosts = planHosts(options);
  const startedMs = performance.now();
  const sandbox = await startSandbox({
    dir,
    hosts,
    version: options.version,
    timeScale: options.timeScale,
    ssh: options.ssh,
    htmlOnly: options.htmlOnly ?? false,
    dataInsideRelease: options.dataInsideRelease ?? false,
    retiredAutoFlag: options.retiredAutoFlag ?? false,
    ...(options.walRetention === undefined ? {} : { walRetentionSeconds: options.walRetention }),
  });
  if (options.json) print(JSON.stringify(describe(sandbox, options.version), null, 2));
  else print(renderUp(sandbox, options.version, performance.now() - startedMs));
}

/** Files instead of keys: what is printed may end in a log. */
function describe({ dir, hosts, downloadsUrl, sha256 }: Sandbox, version: string): object {
  const { clientKey, knownHosts } = sandboxPaths(dir);
  return { dir, version, hosts, downloadsUrl, sha256, privateKeyFile: clientKey, knownHostsFile: knownHosts };
}

function renderUp({ dir, hosts, downloadsUrl }: Sandbox, version: string, tookMs: number): string {
  const { clientKey, knownHosts } = sandboxPaths(dir);
  const rows = hosts.map((host) => [
    host.name,
    host.address,
    host.roles.join(", "),
    version,
    host.zone,
    host.roles.map((role) => `${pagesUrl(host.address, role)}/`).join("\n"),
  ]);
  const first = hosts[0];
  return [
    `A BMDB cluster of ${hosts.length} hosts runs on this machine (${(tookMs / 1000).toFixed(1)} s).`,
    renderTable(["host", "address", "runs", "version", "zone", "pages"], rows),
    `releases     ${downloadsUrl}/`,
    `key          ${clientKey}`,
    `known hosts  ${knownHosts}`,
    ...(first
      ? [
          `log in       ssh -i ${quoteIfNeeded(clientKey)} -o ${quoteIfNeeded(`UserKnownHostsFile=${knownHosts.includes(" ") ? `"${knownHosts}"` : knownHosts}`)} -p ${first.sshPort} ${first.sshUser}@${first.address}`,
        ]
      : []),
    `end it       pulumi-bmdb sandbox down --dir ${quoteIfNeeded(dir)}`,
  ].join("\n");
}
