import type { SandboxHost, SandboxRole } from "../types";
import type { SandboxPaths } from "./layout";
import { shellQuote } from "./quote";
import { runInHost } from "./run-in-host";
import { PUBLIC_DOWNLOADS } from "./shims/download-shims";

export const releaseFolder = (version: string): string => `softwarebm-${version}`;

/** The first release, on every host, by the procedure's own commands. */
export async function installRelease(
  paths: SandboxPaths,
  hosts: readonly SandboxHost[],
  version: string,
): Promise<void> {
  const archive = `bigmath-${version}.tar.gz`;
  const folder = releaseFolder(version);
  const command = [
    `wget -q ${PUBLIC_DOWNLOADS}/${archive}`,
    `mkdir ${folder}`,
    `tar xf ${archive} -C ${folder}`,
    `rm ${archive}`,
    `cd ${folder}`,
    "./bin/post_install.sh",
  ].join(" && ");
  await Promise.all(
    hosts.map(async (host) => {
      const result = await runInHost(paths.host(host.name).shell, command);
      if (result.code === 0) return;
      const said = `${result.stdout}${result.stderr}`.trimEnd();
      throw new Error(
        `Release ${version} could not be installed on ${host.name} (exit ${result.code}): ${command}\n${said}`,
      );
    }),
  );
}

/** All processes of one role, each in its host's shell, detached as an operator would start it. */
export async function startProcesses(
  paths: SandboxPaths,
  hosts: readonly SandboxHost[],
  role: SandboxRole,
  version: string,
): Promise<void> {
  await Promise.all(
    hosts
      .filter((host) => host.roles.includes(role))
      .map(async ({ name }) => {
        const host = paths.host(name);
        // "cd … && setsid … &" would leave a shell waiting, so the cd stands alone.
        const command = `cd ${releaseFolder(version)} || exit 1
setsid ./bin/${role} --flagfile ${shellQuote(host.flagFile(role))} >>${shellQuote(host.out(role))} 2>&1 </dev/null &`;
        const result = await runInHost(host.shell, command);
        if (result.code !== 0) throw new Error(`${role} on ${name} could not be started: ${result.stderr.trimEnd()}`);
      }),
  );
}
