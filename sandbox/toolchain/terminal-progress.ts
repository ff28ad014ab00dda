import type { Progress } from "./toolchain";

const STATUS_INTERVAL_MS = 15_000;

/**
 * Progress on a terminal (one status line that is rewritten) or in a log (a status line now and then).
 * Writes to stderr, so that a program's own output can be piped.
 */
export function createTerminalProgress(
  out: Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns"> = process.stderr,
  nowMs: () => number = Date.now,
): Progress {
  let isStatusShown = false;
  let statusAtMs = nowMs() - STATUS_INTERVAL_MS;
  const clear = () => {
    if (isStatusShown) out.write("\r\u001b[K");
    isStatusShown = false;
  };
  return {
    line(text) {
      clear();
      out.write(`${text}\n`);
    },
    status(text) {
      if (out.isTTY) {
        clear();
        out.write(text.slice(0, (out.columns ?? 80) - 1));
        isStatusShown = true;
      } else if (nowMs() - statusAtMs >= STATUS_INTERVAL_MS) {
        statusAtMs = nowMs();
        out.write(`${text}\n`);
      }
    },
  };
}

/** `7s`, `1:32`. */
export function renderElapsed(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
