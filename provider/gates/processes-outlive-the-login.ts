// Gate: what is started over ssh goes on when the connection closes. With logind's KillUserProcesses=yes a login's end
// would take the new process along, and the act that starts it too.
//
// Not got around by `systemd-run --user --scope`: see decision 0010.

import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

export const processesOutliveTheLogin: Gate = {
  id: "processes_outlive_the_login",
  before: ["check_start"],
  ask({ desired, inventory }) {
    for (const { node, details } of inventory.hosts) {
      const roles = desired.nodes.find((each) => each.name === node)?.roles ?? [];
      // Commands of a service manager start what they start outside of the login.
      const started = roles.filter((role) => desired.process[role].start === undefined);
      if (started.length === 0) continue;
      if (!details.known) return wait(`whether processes on ${node} outlive a login is not known: ${details.why}.`);
      if (details.value.killsUserProcesses === undefined)
        return wait(
          `whether processes on ${node} outlive a login is not known: ssh sessions are logind's there, and neither loginctl nor logind.conf tells KillUserProcesses.`,
        );
      if (details.value.killsUserProcesses)
        return stop(
          `logind on ${node} has KillUserProcesses=yes: what ${desired.ssh.user} starts over ssh ends with the connection.`,
          `Put ${desired.ssh.user} into KillExcludeUsers= of /etc/systemd/logind.conf on ${node}, or give process.${started[0] ?? "mserver"}.start and .stop, commands of a service manager; then run \`pulumi up\`.`,
        );
    }
    return open;
  },
};
