import { stripVTControlCharacters } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation";

export interface Diagnostic {
  readonly urn: string;
  readonly severity: string;
  readonly message: string;
  readonly isEphemeral: boolean;
}

/** The messages among the engine's events, without the SDK's own debug output and without colours. */
export function collectDiagnostics(events: readonly EngineEvent[]): Diagnostic[] {
  return events.flatMap(({ diagnosticEvent }) => {
    if (diagnosticEvent === undefined) return [];
    const { urn = "", message, ephemeral = false } = diagnosticEvent;
    // The SDK's type does not know "debug", but the engine sends it.
    const severity: string = diagnosticEvent.severity;
    if (severity === "debug") return [];
    return [{ urn, severity, message: renderPlain(message).trimEnd(), isEphemeral: ephemeral }];
  });
}

/** The engine marks colours as `<{%fg 1%}>`, the CLI as terminal sequences. */
function renderPlain(message: string): string {
  return stripVTControlCharacters(message.replace(/<\{%[^%]*%\}>/g, ""));
}
