// What the read-only look saw that a reader should know before he says yes. Not refusals: the gates
// ask again, with fresh facts, before anything is stopped.

import { type DesiredCluster, processName } from "../model/desired";
import { isFromSsh } from "../model/fact";
import type { Inventory } from "../model/inventory";
import { isDown } from "./describe-versions";

export function findFindings(desired: DesiredCluster, inventory: Inventory): string[] {
  const findings: string[] = [];
  const down = inventory.processes.filter(isDown);
  const downHosts = new Set(
    desired.nodes.filter((node) => down.some((facts) => facts.id.node === node.name)).map((node) => node.host),
  );
  for (const facts of down)
    findings.push(`${processName(facts.id)} is down; it is started first, on ${desired.version}`);
  // With a DBServer down that is started first, tiles lack replicas because of it, and close no gate.
  const areTilesJudged = !down.some((facts) => facts.id.role === "dbserver");
  if (areTilesJudged && inventory.tilesUnderReplicated.known && inventory.tilesUnderReplicated.value.length > 0)
    findings.push(
      `${inventory.tilesUnderReplicated.value.length} tiles are under-replicated: the roll would wait, then stop`,
    );
  if (areTilesJudged && inventory.tilesLeaderless.known && inventory.tilesLeaderless.value.length > 0)
    findings.push(`${inventory.tilesLeaderless.value.length} tiles have no leader: the roll would wait, then stop`);
  for (const entry of inventory.dbservers.known ? inventory.dbservers.value : [])
    if (entry.status === "DEAD" && !downHosts.has(entry.host))
      findings.push(`the leader MServer calls DBServer ${entry.host} DEAD`);
  for (const host of inventory.hosts)
    for (const line of host.details.known ? host.details.value.bootStarters : [])
      findings.push(
        `${host.node} starts BMDB at boot: ${line}; see that it starts ${desired.version} before AutoFlags are promoted`,
      );
  const onSsh = inventory.processes.filter((facts) => facts.version.known && isFromSsh(facts.version));
  if (onSsh.length > 0) {
    const whose =
      onSsh.length === inventory.processes.length
        ? "any process"
        : onSsh.map((facts) => processName(facts.id)).join(", ");
    findings.push(`versions come over ssh, from the release whose binary runs: no page tells that of ${whose}`);
  }
  const mserverCount = desired.nodes.filter((node) => node.roles.includes("mserver")).length;
  if (mserverCount < 3)
    findings.push(
      `${mserverCount} MServer${mserverCount === 1 ? "" : "s"}: DDL and new connections wait while one restarts`,
    );
  if (inventory.replicationFactor.known && inventory.replicationFactor.value < 3)
    findings.push(
      `replication factor ${inventory.replicationFactor.value}: the tiles of each DBServer are not served while it restarts`,
    );
  return findings;
}
