// Gate: every tile has a leader. One without serves neither reads nor writes already.

import { open, wait } from "../model/verdict";
import { areTilesExcused, type Gate } from "./gate";
import { nameSome } from "./name-some";

export const noTileIsLeaderless: Gate = {
  id: "no_tile_is_leaderless",
  before: ["check_start", "restart_process", "prove_return", "watch", "promote_auto_flags", "check_end"],
  ask(question) {
    if (areTilesExcused(question)) return open;
    const tiles = question.inventory.tilesLeaderless;
    if (!tiles.known) return wait(`whether tiles have no leader is not known: ${tiles.why}.`);
    if (tiles.value.length === 0) return open;
    return wait(`${tiles.value.length} tiles have no leader (${nameSome(tiles.value)}).`);
  },
};
