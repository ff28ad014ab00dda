// Gate: the MServer quorum is whole and has exactly one leader (spec M4, settled "MServer alive").
//
// Alive means: in the list without an error, LEADER or FOLLOWER, and answering by itself. The list alone is
// not enough, because it is one MServer's view of the others.

import { processName } from "../model/desired";
import { open, wait } from "../model/verdict";
import { type Gate, isExcused } from "./gate";

export const allMServersAnswerAndOneLeads: Gate = {
  id: "all_mservers_answer_and_one_leads",
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
    const { inventory, desired } = question;
    if (!inventory.mservers.known) return wait(`the list of MServers is not known: ${inventory.mservers.why}.`);
    const entries = inventory.mservers.value;
    for (const node of desired.nodes.filter((each) => each.roles.includes("mserver"))) {
      const id = { node: node.name, role: "mserver" as const };
      if (isExcused(question, id)) continue;
      const entry = entries.find((each) => each.host === node.host && each.rpcPort === node.ports.mserverRpc);
      if (entry === undefined)
        return wait(`${processName(id)} (${node.host}:${node.ports.mserverRpc}) is not in the list of MServers.`);
      if (entry.error !== undefined) return wait(`${processName(id)} cannot be asked by its peers: ${entry.error}.`);
      if (entry.role !== "LEADER" && entry.role !== "FOLLOWER")
        return wait(`${processName(id)} has the role ${entry.role ?? "none"}, not LEADER or FOLLOWER.`);
      const facts = inventory.processes.find((each) => each.id.node === node.name && each.id.role === "mserver");
      if (!facts?.isAnswering.known || !facts.isAnswering.value)
        return wait(`${processName(id)} does not answer by itself.`);
    }
    const leaders = entries.filter((entry) => entry.role === "LEADER");
    return leaders.length === 1 ? open : wait(`${leaders.length} MServers claim to lead; exactly one must.`);
  },
};
