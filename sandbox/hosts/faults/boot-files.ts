// What starts database processes on a host besides an operator: its boot, and a supervisor.

import type { SandboxRole } from "../../types";
import type { HostPaths } from "../layout";
import { shellQuote } from "../quote";
import { releaseFolder } from "../start-cluster";

const startLines = (host: HostPaths, role: SandboxRole, release: string): string =>
  `cd ${shellQuote(`${host.home}/${releaseFolder(release)}`)}
setsid ./bin/${role} --flagfile ${shellQuote(host.flagFile(role))} >>${shellQuote(host.out(role))} 2>&1 </dev/null &`;

export const renderBootScript = (host: HostPaths, roles: readonly SandboxRole[], release: string): string => `#!/bin/sh
# Run by crontab at boot.
${roles.map((role) => startLines(host, role, release)).join("\n")}
`;

export const renderCrontab = (host: HostPaths): string => `# m h dom mon dow command
@reboot sh ${host.home}/boot/start-old.sh
`;

/**
 * Watches the process of a role and starts a fixed release whenever there is none, sooner than anybody else looks.
 * It ends when its own file is gone.
 */
export const renderSupervisor = (
  host: HostPaths,
  role: SandboxRole,
  release: string,
  self: string,
): string => `#!/bin/sh
# Made by the sandbox: a supervisor that knows only release ${release}.
self=${shellQuote(self)}
ended() {
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
  case \${stat##*) } in [ZX]*) return 0 ;; esac
  return 1
}
while [ -f "$self" ]; do
  pid=$(pgrep -n -x ${role})
  if [ -z "$pid" ]; then
    ${startLines(host, role, release).replaceAll("\n", "\n    ")}
    pid=$!
  fi
  while [ -f "$self" ] && ! ended "$pid"; do sleep 0.02; done
done
`;
