// What a state machine of the cluster needs from outside. The processes give it sockets, files and the clock of this
// machine; a simulation gives it queues and a virtual clock. No machine in this folder reads time or touches IO itself.

import type { SandboxEvent } from "../types";
import type { Message } from "./messages";
import type { OrderedFaults } from "./ordered-faults";

/** An RPC address, `host:port`: how servers name each other. */
export type Address = string;

export type MachineEvent = { readonly event: SandboxEvent["event"]; readonly [fact: string]: unknown };

export interface MachinePorts<State> {
  /** One way and unreliable: a message may be lost, never changed. */
  send(to: Address, message: Message): void;
  /** Must be durable when it returns: a machine answers only after it has persisted. */
  persist(state: State): void;
  /** A number in [0, 1). */
  random(): number;
  event(event: MachineEvent): void;
  log(severity: "I" | "W" | "E", text: string): void;
  /** The process dies of this. The machine does nothing more after calling it. */
  fatal(source: string, text: string): void;
  /** What it is ordered to do wrong. */
  readonly faults: OrderedFaults;
}

/** How a server is known to others. */
export interface Registration {
  readonly uuid: string;
  readonly rpc: Address;
  readonly http: Address;
  readonly cloud: string;
  readonly region: string;
  readonly zone: string;
  /** Start of the process in microseconds since the epoch; changes with every start. */
  readonly startTimeUs: number;
}
