// The fault `children_left_behind`: a child that shares the BSQL socket and outlives its DBServer, as BSQL's own processes may.

import { type ChildProcess, spawn } from "node:child_process";
import type * as net from "node:net";
import type { OrderedFaults } from "../cluster/ordered-faults";

const LOOK_MS = 250;

export function bearLeftChild(server: net.Server, faults: OrderedFaults): void {
  let child: ChildProcess | undefined;
  setInterval(() => {
    const fault = faults.find("children_left_behind");
    if (fault !== undefined && child === undefined) child = spawnHolder(server, fault.forMs);
    if (fault === undefined && child !== undefined) {
      child.kill();
      child = undefined;
    }
  }, LOOK_MS).unref();
}

/** sh and not a binary of the release: it has no port of its own, it holds its parent's. */
function spawnHolder(server: net.Server, forMs: number | undefined): ChildProcess | undefined {
  const handle: unknown = Reflect.get(server, "_handle");
  if (typeof handle !== "object" || handle === null || !("fd" in handle) || typeof handle.fd !== "number") return;
  const stay = forMs === undefined ? "while :; do sleep 1; done" : `sleep ${forMs / 1000}`;
  const script = `while kill -0 ${process.pid} 2>/dev/null; do sleep 0.1; done; ${stay}`;
  const child = spawn("/bin/sh", ["-c", script], { stdio: ["ignore", "ignore", "ignore", handle.fd] });
  child.on("error", () => undefined);
  child.unref();
  return child;
}
