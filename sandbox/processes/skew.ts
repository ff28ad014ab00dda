import type { OrderedFaults } from "../cluster/ordered-faults";

/** What the metric `hybrid_clock_skew` shows. Only the figure: the process goes by the machine's clock. */
export const readClockSkewMicros = (faults: OrderedFaults): number =>
  Math.abs(faults.find("clock_skew")?.offsetMs ?? 0) * 1000;
