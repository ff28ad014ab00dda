import { isBmdbError } from "../errors/bmdb-error";
import { runStopped } from "../errors/catalog";

/** What ended a run whose signal is aborted: an error of ours that was given as the reason, or a stop from outside. */
export function explainStop(signal: AbortSignal): Error {
  const { reason } = signal;
  if (isBmdbError(reason)) return reason;
  return runStopped({ reason: reason instanceof Error ? reason.message : String(reason) });
}
