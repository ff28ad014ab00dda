// Gate: every DBServer is heard by the leader MServer and answers by itself (spec D4).
//
// ALIVE alone proves nothing: a stopped DBServer is shown so for tserver_unresponsive_timeout_ms. So the last
// heartbeat has to be fresh and the process has to answer.

import { type ProcessId, processName } from "../model/desired";
import { knownValue } from "../model/fact";
import { factsOf, type Inventory, type ProcessFacts } from "../model/inventory";
import { open, wait } from "../model/verdict";
import { isSameRelease } from "../model/version";
import { type Gate, type GateQuestion, isExcused } from "./gate";

const tellHowLong = ({ aliveForMs }: Inventory): string =>
  aliveForMs.known ? `, as it does for ${aliveForMs.value / 1000} s after the last heartbeat` : "";

/** A process of the old release that runs and is not heard, once AutoFlags of the new one are promoted: it will never be (spec A5). */
function tellLeftBehind({ desired, inventory }: GateQuestion, id: ProcessId): string {
  const versionOf = (each: ProcessFacts | undefined): string | undefined => each && knownValue(each.version);
  const running = versionOf(factsOf(inventory, id));
  const mservers = inventory.processes.filter((each) => each.id.role === "mserver").map(versionOf);
  const isTierReached = mservers.every((each) => each !== undefined && isSameRelease(desired.version, each));
  if (running === undefined || isSameRelease(desired.version, running) || !isTierReached) return "";
  return `, and it runs ${running}: once AutoFlags are promoted it cannot come back. Stop it on ${id.node}; the next \`pulumi up\` starts it on ${desired.version}`;
}

export const noDBServerIsDown: Gate = {
  id: "no_dbserver_is_down",
  before: [
    "check_start",
    "restart_process",
    "prove_return",
    "watch",
    "verify_one_version",
    "promote_auto_flags",
    "upgrade_bsql_catalog",
    "check_end",
  ],
  ask(question) {
    const { desired, inventory } = question;
    if (!inventory.dbservers.known) return wait(`the list of DBServers is not known: ${inventory.dbservers.why}.`);
    for (const node of desired.nodes.filter((each) => each.roles.includes("dbserver"))) {
      const id = { node: node.name, role: "dbserver" as const };
      if (isExcused(question, id)) continue;
      const entry = inventory.dbservers.value.find(
        (each) => each.host === node.host && each.httpPort === node.ports.dbserverHttp,
      );
      if (entry === undefined)
        return wait(
          `${processName(id)} (${node.host}:${node.ports.dbserverHttp}) is not in the leader MServer's list.`,
        );
      if (entry.status !== "ALIVE")
        return wait(`the leader MServer calls ${processName(id)} ${entry.status}${tellLeftBehind(question, id)}.`);
      const ageMs = Math.round(entry.heartbeatAgeSec * 1000);
      if (ageMs > desired.policy.heartbeatAgeMaxMs)
        return wait(
          `the last heartbeat of ${processName(id)} is ${entry.heartbeatAgeSec.toFixed(1)} s old; the limit is ${desired.policy.heartbeatAgeMaxMs / 1000} s.`,
        );
      const facts = inventory.processes.find((each) => each.id.node === node.name && each.id.role === "dbserver");
      if (!facts?.isAnswering.known || !facts.isAnswering.value)
        return wait(
          `${processName(id)} does not answer by itself, though the leader MServer calls it ALIVE${tellHowLong(inventory)}.`,
        );
    }
    return open;
  },
};
