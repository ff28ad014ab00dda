// The inputs of a topology that are right, for tests that make one thing wrong.

import type { MemberInputs, TopologyInputs } from "../../provider/model/cluster-inputs";
import { hostKeyOf, PRIVATE_KEY } from "../provider/model/inputs-builder";

/** Three hosts below `10.OCTET.0.`, each with an MServer and a DBServer. */
export function member(octet: number, changes: object = {}): MemberInputs {
  const hosts = [1, 2, 3].map((index) => `10.${octet}.0.${index}`);
  return {
    version: "2.18.0.0",
    nodes: hosts.map((host, index) => ({ name: `db${index + 1}`, host, roles: ["mserver", "dbserver"] })),
    ssh: {
      privateKey: PRIVATE_KEY,
      knownHosts: hosts.map((host) => `${host} ${hostKeyOf(String(octet))}\n`).join(""),
    },
    ...changes,
  };
}

export const topologyInputs = (changes: object = {}): TopologyInputs => ({
  clusters: { east: member(1), west: member(2) },
  links: [
    { group: "g1", source: "east", target: "west" },
    { group: "g2", source: "west", target: "east" },
  ],
  ...changes,
});
