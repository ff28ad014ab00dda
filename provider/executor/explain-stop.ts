import { isBmdbError, isBugError } from "../errors/bmdb-error";
import { runStopped } from "../errors/catalog";

/** What ended a run whose signal is aborted: an error of ours that was given as the reason, or a stop from outside. */
export function explainStop(signal: AbortSignal): Error {
  const { reason } = signal;
  if (isBmdbError(reason)) return reason;
  return runStopped({ reason: reason instanceof Error ? reason.message : String(reason) });
}

/** Whatever a stop interrupted is told as the stop. An error of the cluster that came first keeps its own words, and so does a bug. */
export const explainEnd = (signal: AbortSignal, error: unknown): unknown =>
  signal.aborted && !isBmdbError(error) && !isBugError(error) ? explainStop(signal) : error;
