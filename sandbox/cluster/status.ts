// BMDB's status text: `<Code> (<file>:<line>): <message> (<category>)`.

export interface Status {
  /** e.g. `Not found`, `Illegal state`, `Service unavailable`. */
  readonly code: string;
  readonly source: string;
  readonly message: string;
  /** e.g. `master error 34`. */
  readonly category?: string;
}

export type Reply<T = unknown> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly status: Status };

export function renderStatus(status: Status): string {
  const category = status.category === undefined ? "" : ` (${status.category})`;
  return `${status.code} (${status.source}): ${status.message}${category}`;
}

export function succeed<T>(result: T): Reply<T> {
  return { ok: true, result };
}

export function fail(code: string, source: string, message: string, category?: string): Reply<never> {
  return { ok: false, status: { code, source, message, ...(category === undefined ? {} : { category }) } };
}
