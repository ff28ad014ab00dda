// How a running roll hears that it should end. Pulumi tells a dynamic provider nothing, so it is taken from where it passes:
// the first Ctrl-C arrives as the Cancel call that the SDK's server ignores; a CLI that was killed shows as the end of stdin.
//
// A second Ctrl-C is SIGINT, whose default ends this process at once: what a host was told to do as one act completes there.
// No handler for it: one that did not exit would make every pulumi command five seconds slower.

// An error that nobody catches is only printed by the SDK's server, and the call that it belonged to would never end.
// Which one that was nobody knows, so every running operation ends at its next safe point, or after a limit without one.

import { createRequire } from "node:module";

const CANCEL_CALL = "/pulumirpc.ResourceProvider/Cancel";

interface Running {
  readonly giveUp: (error: Error) => void;
  readonly stuckAfterMs: number;
}

/** Operations that run now; each ends at its next safe point when its controller is aborted. */
const running = new Map<AbortController, Running>();
let isOrphan = false;
/** Why nothing may begin any more: this process serves one command of Pulumi, and somebody ended that. */
let ended: string | undefined;

export interface Operation {
  readonly signal: AbortSignal;
  /** The result of `work`; rejects when it can no longer be expected. */
  watch<T>(work: Promise<T>): Promise<T>;
  end(): void;
}

/** `stuckAfterMs`: longer than the longest way to a safe point; who has not ended then waits for what cannot come any more. */
export function beginOperation(stuckAfterMs: number): Operation {
  const controller = new AbortController();
  let giveUp: (error: Error) => void = () => undefined;
  const stuck = new Promise<never>((_resolve, reject) => {
    giveUp = reject;
  });
  // Nobody may be listening when it is given up.
  stuck.catch(() => undefined);
  running.set(controller, { giveUp, stuckAfterMs });
  if (ended !== undefined) controller.abort(new Error(ended));
  return {
    signal: controller.signal,
    watch: (work) => Promise.race([work, stuck]),
    end() {
      running.delete(controller);
      // Nobody is left to answer to; the SDK's server would stay for ever.
      if (isOrphan && running.size === 0) setImmediate(() => process.exit(1));
    },
  };
}

function stopAll(reason: string): void {
  for (const controller of running.keys()) controller.abort(new Error(reason));
}

/** Also for what begins afterwards: the engine may have sent its next call before it heard of the Cancel. */
export function endAll(reason: string): void {
  ended = reason;
  stopAll(reason);
}

/** For what was thrown where nobody catches it. */
export function stopAfterUncaught(error: unknown): void {
  const reason = `an error that nothing caught: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`;
  stopAll(reason);
  for (const [controller, { giveUp, stuckAfterMs }] of running)
    setTimeout(() => {
      if (running.has(controller)) giveUp(new Error(`${reason}; the operation did not end afterwards`));
    }, stuckAfterMs).unref();
}

/** Only in the engine's plugin process; a private part of grpc-js is used, so whatever is not as expected is left alone. */
export function listenForCancel(): void {
  const main = require.main?.filename ?? "";
  if (!/dynamic-provider/.test(main)) return;
  process.on("uncaughtException", stopAfterUncaught);
  process.on("unhandledRejection", stopAfterUncaught);
  process.stdin.on("end", () => {
    isOrphan = true;
    if (running.size === 0) process.exit(0);
    endAll("the Pulumi CLI is gone");
  });
  process.stdin.on("error", () => undefined);
  process.stdin.resume();
  try {
    const { Server } = createRequire(main)("@grpc/grpc-js") as { Server: { prototype: Record<string, unknown> } };
    const original = Server.prototype["_retrieveHandler"];
    if (typeof original !== "function") return;
    Server.prototype["_retrieveHandler"] = function (this: unknown, path: unknown, ...rest: unknown[]): unknown {
      if (path === CANCEL_CALL) endAll("it was cancelled");
      return (original as (...args: unknown[]) => unknown).call(this, path, ...rest);
    };
  } catch {
    // Without it a cancelled roll runs to its end, as every dynamic provider's does.
  }
}
