import { z } from "zod";
import type { NamedTile } from "../../model/pages";
import { withKnownNames } from "./read-json";

/** An entry of the pages that name tiles; 2.20 adds the reason or the placements. */
export const namedTileSchema = z.preprocess(
  withKnownNames,
  z.object({
    tablet_uuid: z.string().min(1),
    table_uuid: z.string().optional(),
    reason: z.string().optional(),
    underreplicated_placements: z.array(z.string()).optional(),
  }),
);

export function toNamedTile(tile: z.infer<typeof namedTileSchema>): NamedTile {
  const placements = tile.underreplicated_placements?.filter((placement) => placement !== "").join(", ");
  return {
    tileId: tile.tablet_uuid,
    tableId: tile.table_uuid,
    reason: tile.reason ?? (placements ? `in placement ${placements}` : undefined),
  };
}
