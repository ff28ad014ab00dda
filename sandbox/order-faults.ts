// Puts faults into effect: processes, bm-admin and the download server read them from a file; what is of a host, such as
// its clock or its supervisor, is arranged there; and some things are done at once.

import type { SandboxDescription } from "./description";
import { IMPLIED_ROLES, parseFault } from "./fault-catalogue";
import { type StoredFault, withoutKey, writeFaults } from "./faults";
import { arrangeHost } from "./hosts/faults/arrange-host";
import { blacklistDbserver, killProcess, rebootHost } from "./hosts/faults/do-at-once";
import { sandboxPaths } from "./hosts/layout";
import type { FaultOf, SandboxFault, SandboxRole } from "./types";

type Action = FaultOf<"kill_process" | "host_reboots" | "blacklist_left_behind">;

export async function orderFaults(
  dir: string,
  description: SandboxDescription,
  given: readonly StoredFault[],
): Promise<void> {
  for (const fault of given) assertFits(description, parseFault(withoutKey(fault)));
  const lasting = given.filter((fault) => !isAction(fault)).map((fault) => nameRelease(fault, description.version));
  const paths = sandboxPaths(dir);
  writeFaults(dir, lasting);
  for (const { name, roles } of description.hosts) {
    const host = { paths: paths.host(name), roles, version: description.version };
    await arrangeHost(host, lasting.filter(isOn(name)));
  }
  for (const fault of given.filter(isAction)) await act(dir, description, fault);
}

/** Processes do not know which release was the first. */
function nameRelease(fault: StoredFault, version: string): StoredFault {
  return fault.kind === "supervisor_restarts_old" ? { ...fault, release: fault.release ?? version } : fault;
}

/** Whether a fault is one that is done and over. */
export function isAction(fault: SandboxFault): fault is Action {
  return fault.kind === "kill_process" || fault.kind === "host_reboots" || fault.kind === "blacklist_left_behind";
}

function act(dir: string, description: SandboxDescription, fault: Action): Promise<void> {
  const paths = sandboxPaths(dir);
  switch (fault.kind) {
    case "kill_process":
      return killProcess(paths.host(fault.host), fault.host, fault.role);
    case "host_reboots":
      return rebootHost(paths.host(fault.host), fault.host, description.id);
    case "blacklist_left_behind":
      return blacklistDbserver(paths, description, fault.host);
  }
}

const isOn =
  (name: string) =>
  (fault: SandboxFault): boolean =>
    !("host" in fault) || fault.host === undefined || fault.host === name;

/** Raises when the fault is for a host that there is not, or for a process that it does not run. */
function assertFits({ hosts, ssh }: SandboxDescription, fault: SandboxFault): void {
  if (fault.kind === "network_cut" && ssh === "openssh")
    throw new Error("The network of a sandbox with real sshds cannot be cut; start it with the built-in ssh server");
  if (!("host" in fault) || fault.host === undefined) return;
  const role: SandboxRole | undefined = "role" in fault ? fault.role : IMPLIED_ROLES[fault.kind];
  const fitting = hosts.filter(({ roles }) => role === undefined || roles.includes(role)).map(({ name }) => name);
  if (fitting.includes(fault.host)) return;
  const what = role === undefined ? `The sandbox has no host "${fault.host}"; it has` : undefined;
  throw new Error(
    what === undefined
      ? `No ${role} runs on "${fault.host}"; one runs on ${fitting.join(", ")}`
      : `${what} ${fitting.join(", ")}`,
  );
}
