// Which systemd service a control group belongs to, from /proc/PID/cgroup. Login sessions are scopes, not services.

/** `0::/system.slice/bmdb.service` (one hierarchy) or `1:name=systemd:/system.slice/bmdb.service` (many). */
const OF_SYSTEMD = /^(?:0:|\d{1,4}:name=systemd):(\/.{0,4096})$/;
const SERVICE = /^[A-Za-z0-9:_.@\\-]{1,255}\.service$/;

export function parseUnit(cgroup: string | undefined): string | undefined {
  for (const line of cgroup?.split("\n") ?? []) {
    const service = OF_SYSTEMD.exec(line)?.[1]
      ?.split("/")
      .reverse()
      .find((part) => SERVICE.test(part) || part.endsWith(".scope"));
    // Inside a scope (a session, a container) the services around it are not what started the process.
    if (service !== undefined) return service.endsWith(".scope") ? undefined : service;
  }
  return undefined;
}
