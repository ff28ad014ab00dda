// Lines on the resource's row and under Diagnostics, sent to the engine that started this plugin process.
// A log that fails never fails the upgrade.

import { createRequire } from "node:module";
import { z } from "zod";
import type { EventSink, ProgressEvent } from "../ports";

type Severity = "info" | "warning";
export interface EngineLog {
  log(urn: string, message: string, options: { passing: boolean; severity?: Severity }): Promise<void>;
}

const LOG_LIMIT_MS = 10_000;
const PASSING_INTERVAL_MS = 1_000;
const INFO = 1;
const WARNING = 2;

let connected: EngineLog | undefined;

/** The engine's address is the last argument of the plugin process; in any other process nothing is logged. */
export function connectEngineLog(): EngineLog {
  connected ??= tryConnect() ?? { log: async () => undefined };
  return connected;
}

// Loaded through the plugin's own main module, so that they are the very copies that run it.
function tryConnect(): EngineLog | undefined {
  const address = process.argv.at(-1) ?? "";
  if (!/^[\w.-]+:\d+$/.test(address) || require.main === undefined) return undefined;
  try {
    const load = createRequire(require.main.filename);
    const modules = {
      grpc: load("@grpc/grpc-js") as typeof import("@grpc/grpc-js"),
      services: load("@pulumi/pulumi/proto/engine_grpc_pb") as {
        EngineClient: new (address: string, credentials: unknown) => EngineClient;
      },
      messages: load("@pulumi/pulumi/proto/engine_pb") as { LogRequest: new () => LogRequest },
    };
    const client = new modules.services.EngineClient(address, modules.grpc.credentials.createInsecure());
    return {
      log: (urn, message, { passing, severity }) =>
        new Promise((resolve) => {
          const request = new modules.messages.LogRequest();
          request.setSeverity(severity === "warning" ? WARNING : INFO);
          request.setUrn(urn);
          request.setMessage(message);
          request.setEphemeral(passing);
          // An engine that is gone must not keep the operation from ending.
          client.log(request, { deadline: Date.now() + LOG_LIMIT_MS }, () => resolve());
        }),
    };
  } catch {
    return undefined;
  }
}

interface LogRequest {
  setSeverity(severity: number): void;
  setUrn(urn: string): void;
  setMessage(message: string): void;
  setEphemeral(ephemeral: boolean): void;
}
interface EngineClient {
  log(request: LogRequest, options: { readonly deadline: number }, callback: () => void): void;
}

export interface FlushableSink extends EventSink {
  /** Resolves when every line was handed to the engine, or could not be. */
  flush(): Promise<void>;
}

/** Passing lines at most once a second, and none twice in a row; lasting ones at once. */
export function createEngineSink(urn: string | undefined, log: EngineLog, nowMs: () => number): FlushableSink {
  let lastText = "";
  let lastMs = Number.NEGATIVE_INFINITY;
  const pending = new Set<Promise<void>>();
  return {
    async flush() {
      await Promise.all(pending);
    },
    emit(event: ProgressEvent) {
      if (urn === undefined || !z.string().min(1).safeParse(urn).success) return;
      if (event.passing) {
        if (event.text === lastText || (!event.isStep && nowMs() - lastMs < PASSING_INTERVAL_MS)) return;
        lastMs = nowMs();
        lastText = event.text;
      }
      const sent = log.log(urn, event.text, { passing: event.passing }).finally(() => pending.delete(sent));
      pending.add(sent);
    },
  };
}
