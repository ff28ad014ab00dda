// Gate: every tile has all its replicas. One that has not could lose its majority with the next stop.

import { open, wait } from "../model/verdict";
import { areTilesExcused, type Gate } from "./gate";
import { nameSome } from "./name-some";

export const noTileIsUnderReplicated: Gate = {
  id: "no_tile_is_under_replicated",
  before: ["check_start", "restart_process", "prove_return", "watch", "promote_auto_flags", "check_end"],
  ask(question) {
    if (areTilesExcused(question)) return open;
    const tiles = question.inventory.tilesUnderReplicated;
    if (!tiles.known) return wait(`whether tiles are under-replicated is not known: ${tiles.why}.`);
    if (tiles.value.length === 0) return open;
    return wait(`${tiles.value.length} tiles have fewer replicas than they should (${nameSome(tiles.value)}).`);
  },
};
