// Times and lengths of time in reports. Always UTC, and said so: a report is read in another place than it was made.

/** `22:41:05` */
export const renderClockTime = (atMs: number): string => new Date(atMs).toISOString().slice(11, 19);

/** `2026-11-23 22:41:05 UTC` */
export const renderDateTime = (atMs: number): string => `${renderDate(atMs)} ${renderClockTime(atMs)} UTC`;
export const renderDate = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

/** `0:42`, `12:05`, `1:02:33`: to be set one below the other. */
export function renderLength(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (number: number): string => String(number).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** `4.2 s`, `60.0 s`, `12:05`: to be set one below the other, where most are short. */
export const renderTook = (ms: number): string =>
  ms < 99_950 ? `${(Math.max(0, ms) / 1000).toFixed(1)} s` : renderLength(ms);

/** `0.8 s`, `42 s`, `12 min 05 s`, `1 h 02 min`: to be read in a sentence. */
export function renderSeconds(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const total = Math.round(ms / 1000);
  if (total < 60) return `${total} s`;
  const two = (number: number): string => String(number).padStart(2, "0");
  if (total < 3600) return `${Math.floor(total / 60)} min ${two(total % 60)} s`;
  return `${Math.floor(total / 3600)} h ${two(Math.floor(total / 60) % 60)} min`;
}
