// Faults that the sandbox's owner ordered, read from a file and read again when it changed: a running process notices.

import * as fs from "node:fs";
import * as path from "node:path";
import type { OrderedFaults } from "../cluster/ordered-faults";
import type { FaultOf, SandboxEvent, SandboxFault, SandboxFaultKind, SandboxRole } from "../types";
import { EventCount } from "./event-count";
import { takeTurn } from "./fault-turns";

/** Seldom enough to cost nothing, often enough for whoever set a fault to wait for it. */
const LOOK_AGAIN_MS = 200;

export interface FaultBearer {
  readonly host: string;
  readonly role?: SandboxRole;
  readonly version: string;
}

export class FileFaults implements OrderedFaults {
  private faults: readonly SandboxFault[] = [];
  private seen = "";
  private lookedAtMs = Number.NEGATIVE_INFINITY;
  private readonly events: EventCount;

  constructor(
    private readonly file: string | undefined,
    private readonly bearer: FaultBearer,
    eventLog?: string,
  ) {
    this.events = new EventCount(eventLog);
  }

  list(): readonly SandboxFault[] {
    if (performance.now() - this.lookedAtMs >= LOOK_AGAIN_MS) this.look();
    return this.faults;
  }

  find<Kind extends SandboxFaultKind>(kind: Kind): FaultOf<Kind> | undefined {
    return this.list().find((fault): fault is FaultOf<Kind> => fault.kind === kind);
  }

  takeTurn(fault: SandboxFault, limit: number, part = ""): boolean {
    if (this.file === undefined) return false;
    return takeTurn(path.join(path.dirname(this.file), "fault-turns"), `${JSON.stringify(fault)}${part}`, limit);
  }

  countEvents(event: SandboxEvent["event"]): number {
    return this.events.of(event);
  }

  /** Reads the file if it changed, however short ago the last look was. */
  look(): void {
    this.lookedAtMs = performance.now();
    if (this.file === undefined) return;
    const facts = fs.statSync(this.file, { throwIfNoEntry: false });
    const stamp = facts === undefined ? "" : `${facts.ino} ${facts.mtimeMs} ${facts.size}`;
    if (stamp === this.seen) return;
    try {
      const text = facts === undefined ? "" : fs.readFileSync(this.file, "utf8").trim();
      const all = (text === "" ? [] : JSON.parse(text)) as SandboxFault[];
      this.faults = all.filter((fault) => this.isMine(fault));
      this.seen = stamp;
    } catch {
      // Caught half-written: what was known goes on until the next look.
    }
  }

  private isMine(fault: SandboxFault): boolean {
    const { host, role, version } = this.bearer;
    const isHere = !("host" in fault) || fault.host === undefined || fault.host === host;
    const isThisRole = !("role" in fault) || fault.role === role;
    const isThisVersion = !("version" in fault) || fault.version === undefined || fault.version === version;
    return isHere && isThisRole && isThisVersion;
  }
}
