// What one run leaves for the next to finish, kept in the state because no page of the cluster tells it.

export interface Carried {
  /** AutoFlags were asked to be promoted and no answer came back; only there while that is so. */
  readonly promotionUnanswered?: true;
  /** Processes that were restarted or started and not watched to the end of their pause, e.g. `DBServer db2`. */
  readonly inHand?: readonly string[] | undefined;
}

/** Told of a run that ends so. */
export const PROMOTION_UNANSWERED =
  "AutoFlags were asked to be promoted and no answer came back: whether they are promoted is not known; the next `pulumi up` asks again";
export const CATALOG_UNANSWERED =
  "upgrade_bsql gave no answer: the server may still work on it; the next `pulumi up` runs it again";

/** After "no new AutoFlags to promote" where an earlier attempt of ours was not answered. */
export const PROMOTION_EFFECT_UNKNOWN =
  "no new AutoFlags to promote, but the answer to an earlier attempt of ours was lost: if that attempt promoted them, whether processes need one more restart to take them up (spec A2) is not known";

/** The same in a run that restarted nothing: an earlier one may have been killed before it heard, or saved, what came of it. */
export const PROMOTED_BEFORE =
  "no new AutoFlags to promote: they were promoted before this run began, or the release has none; whether that promotion asked for one more restart of the processes (spec A2), only its own answer said";
