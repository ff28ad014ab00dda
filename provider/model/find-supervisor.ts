// Who runs a process, when it is neither a person nor we: a service manager that would bring the old binary back.
//
// Decides by what the host shows and may miss one; what it names is one. Its word for a systemd service is the unit's name.

import type { RunningProcess } from "./host-facts";

/** They hold what was started from a login, from cron or at boot, and start nothing again. */
const NO_SUPERVISOR_UNIT = /^(?:user@\d+|sshd?(?:@.*)?|crond?|atd|rc-local|getty@.*|dropbear(?:@.*)?)\.service$/;
/** Shells, what one types before a command, and what adopts orphans. */
const NO_SUPERVISOR_PARENT =
  /^(?:\(?-?(?:sh|bash|dash|zsh|ksh|mksh|ash|fish|busybox|tmux(?:: \w+)?|screen|sshd|login|su|sudo|setsid|nohup|env|timeout|crond?|init|systemd|tini|dumb-init|docker-init|catatonit|conmon|containerd-shim.*)\)?)$/i;

export function findSupervisor(running: RunningProcess, ownUnit: string | undefined): string | undefined {
  const { unit, parent } = running;
  // What our own commands run in too says nothing about the process.
  if (unit !== undefined && unit !== ownUnit && !NO_SUPERVISOR_UNIT.test(unit)) return unit;
  if (parent === undefined || parent.pid === 1 || NO_SUPERVISOR_PARENT.test(parent.name.split(" /")[0] ?? ""))
    return undefined;
  return `process ${parent.pid} (${parent.name})`;
}

/** For texts about a process that came back by itself: everything that the host shows of who started it. */
export function describeStarter(running: RunningProcess): string {
  const { unit, parent } = running;
  const by = parent === undefined ? "its parent is not known" : `its parent is process ${parent.pid} (${parent.name})`;
  return unit === undefined ? by : `it belongs to ${unit}; ${by}`;
}
