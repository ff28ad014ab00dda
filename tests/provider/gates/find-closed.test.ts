// What the preview says of gates that would hold the roll up, so that nobody finds out when half of it is done.

import { findClosed } from "../../../provider/gates/find-closed";
import { buildDesired, buildInventory, type InventoryShape, known } from "../../support/build-cluster";

const TILES = "no_tile_is_under_replicated";
const findWith = (waive: Record<string, string>, inventory: InventoryShape): string[] => {
  const desired = buildDesired({ more: { policy: { waive } } });
  return findClosed(desired, buildInventory(desired, inventory));
};
const lacking: InventoryShape = { facts: { tilesUnderReplicated: known(["t1"]) } };

test("waiving under-replicated tiles is not enough at replication factor 3, and the preview says so", () => {
  expect(findWith({ [TILES]: "a host is away for a week" }, lacking)).toEqual([
    "the roll would wait, then refuse to start: every_tile_keeps_a_majority: at replication factor 3 1 replica of a tile may be missing; 1 tiles have fewer replicas than they should, and DBServer db1 would be stopped.",
    `waived ${TILES}: 1 tiles have fewer replicas than they should (t1). Reason given: a host is away for a week`,
  ]);
});

test("a healthy cluster gives nothing to say, and neither does one that is only waited for", () => {
  expect(findWith({ [TILES]: "a host is away for a week" }, {})).toEqual([]);
  expect(findWith({}, lacking)).toEqual([]);
});
