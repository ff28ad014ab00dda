// The faults that are ordered for one process, as its state machine sees them. Where they come from is not its matter.

import type { FaultOf, SandboxEvent, SandboxFault, SandboxFaultKind } from "../types";

export interface OrderedFaults {
  find<Kind extends SandboxFaultKind>(kind: Kind): FaultOf<Kind> | undefined;
  /** True the first `limit` times, counted over all processes that share the fault. `part` counts apart. */
  takeTurn(fault: SandboxFault, limit: number, part?: string): boolean;
  /** How often the event happened so far, in the whole cluster. */
  countEvents(event: SandboxEvent["event"]): number;
}
