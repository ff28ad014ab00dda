// The answer of our host-facts command, as a host would give it.

import { HOST_FACTS_BEGIN, HOST_FACTS_END } from "../../provider/inventory/host-facts-command";
import type { Role } from "../../provider/model/desired";
import type { RunningProcess } from "../../provider/model/host-facts";

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");

/** `processes`: those of the declared names; none of a name means that it was looked for and is not there. */
export function renderHostFacts(processes: readonly RunningProcess[], uid = 1000): string {
  return `${[
    HOST_FACTS_BEGIN,
    "clock 1767225600.5",
    `hostname ${base64("db1")}`,
    `user ${base64("bigmath")}`,
    `uid ${uid}`,
    `home ${base64("/home/bigmath")}`,
    "state-dir none",
    ...(["mserver", "dbserver"] as const).flatMap((role) => renderRole(role, processes)),
    HOST_FACTS_END,
  ].join("\n")}\n`;
}

function renderRole(role: Role, processes: readonly RunningProcess[]): string[] {
  const own = processes.filter((process) => process.name === role);
  return [`looked ${role} ${own.length === 0 ? 1 : 0}`, ...own.flatMap(renderProcess)];
}

function renderProcess(process: RunningProcess): string[] {
  const stat = base64(`${process.pid} (${process.name}) S 1 ${"0 ".repeat(17)}${process.startTicks} 0`);
  const environ = Object.entries(process.environment ?? {}).map(([name, value]) => `${name}=${value}\0`);
  return [
    `process ${process.name} ${process.pid}`,
    `stat ${stat}`,
    ...(process.exe === undefined ? [] : [`exe ${base64(process.exe)}`]),
    ...(process.cwd === undefined ? [] : [`cwd ${base64(process.cwd)}`]),
    ...(process.stdout === undefined ? [] : [`stdout ${base64(process.stdout)}`]),
    ...(process.stderr === undefined ? [] : [`stderr ${base64(process.stderr)}`]),
    `cmdline ${base64(process.argv.map((word) => `${word}\0`).join(""))}`,
    `status ${base64(`Umask:\t${process.umask ?? "0022"}\nUid:\t${process.uid}\t${process.uid}\n`)}`,
    `environ ${base64(environ.join(""))}`,
    `stat-again ${stat}`,
  ];
}
