/** `14 min`, `1 h 05 min`, `45 s`: for people. */
export function renderDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (ms < 1000 && ms > 0) return `${ms} ms`;
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** `0:42`. */
export const renderMinutes = (ms: number): string =>
  `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;
