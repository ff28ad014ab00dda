// The ordered faults of a cluster in memory, by the same rules as those of its real processes.

import type { OrderedFaults } from "../cluster/ordered-faults";
import type { ListedFaults } from "../processes/page-faults";
import type { FaultOf, SandboxEvent, SandboxFault, SandboxFaultKind, SandboxRole } from "../types";

export interface Bearer {
  readonly host: string;
  readonly role?: SandboxRole;
  readonly version: string;
}

export class MemoryFaults {
  private faults: readonly SandboxFault[] = [];
  private readonly turns = new Map<string, number>();
  private readonly events = new Map<string, number>();
  private generation = 0;

  /** From now on these and no others. One that is set anew has all its turns. */
  set(faults: readonly SandboxFault[]): void {
    this.faults = faults;
    this.generation += 1;
  }

  get all(): readonly SandboxFault[] {
    return this.faults;
  }

  note(event: SandboxEvent["event"]): void {
    this.events.set(event, (this.events.get(event) ?? 0) + 1);
  }

  for(bearer: Bearer): OrderedFaults & ListedFaults {
    let seen = -1;
    let mine: readonly SandboxFault[] = [];
    const list = (): readonly SandboxFault[] => {
      if (seen !== this.generation) mine = this.faults.filter((fault) => isMine(fault, bearer));
      seen = this.generation;
      return mine;
    };
    return {
      look: () => undefined,
      list,
      find: <Kind extends SandboxFaultKind>(kind: Kind) => {
        const own = list();
        return own.length === 0 ? undefined : own.find((fault): fault is FaultOf<Kind> => fault.kind === kind);
      },
      takeTurn: (fault, limit, part = "") => {
        const key = `${this.generation} ${JSON.stringify(fault)}${part}`;
        const taken = this.turns.get(key) ?? 0;
        this.turns.set(key, taken + 1);
        return taken < limit;
      },
      countEvents: (event) => this.events.get(event) ?? 0,
    };
  }
}

function isMine(fault: SandboxFault, { host, role, version }: Bearer): boolean {
  const isHere = !("host" in fault) || fault.host === undefined || fault.host === host;
  const isThisRole = !("role" in fault) || fault.role === role;
  const isThisVersion = !("version" in fault) || fault.version === undefined || fault.version === version;
  return isHere && isThisRole && isThisVersion;
}
