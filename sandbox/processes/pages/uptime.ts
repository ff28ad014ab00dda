/** `[Ndays, ]H:MM:SS`. */
export function renderUptime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const days = Math.floor(whole / 86400);
  const two = (n: number): string => String(n).padStart(2, "0");
  const clock = `${Math.floor((whole % 86400) / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return days === 0 ? clock : `${days}days, ${clock}`;
}

/** `34996224` → `35.00 MB`, as BMDB writes sizes for people. */
export function renderSize(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`;
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(2)} MB`;
  return bytes >= 1e3 ? `${(bytes / 1e3).toFixed(2)} KB` : `${bytes} B`;
}
