// What the roll needs from outside, as interfaces only. `adapters/` implements them for real hosts;
// a test or the simulator implements them in memory. Nothing else in `provider/` touches the world.

/** What a finished remote command said. `code` is null when it ended by a signal. */
export interface CommandResult {
  readonly code: number | null;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Limit for the command itself; the connection, when there is none yet, has a limit of its own. */
  readonly timeoutMs: number;
  /** Bytes for the command's standard input; what must not be seen in a process list goes here. */
  readonly stdin?: string;
}

/** Runs commands on the hosts of a cluster. One connection per host and run; host keys are always verified. */
export interface Shell {
  /**
   * Runs `command` with `/bin/sh` on the host of `node` (a name from `nodes`).
   * A command that ran is a result, whatever its exit code. Raises `HostUnreachable`, `HostKeyUnknown`,
   * `HostKeyChanged`, `SshLoginRefused` or `CommandTimedOut` when there is no result.
   */
  run(node: string, command: string, options: CommandOptions): Promise<CommandResult>;
  /** Closes every connection. Never raises. */
  close(): Promise<void>;
}

/** What came of one HTTP GET. Application errors of BMDB arrive as status 200, so `answer` is not yet good news. */
export type HttpAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: string }
  /** Nobody listens: the process is down. */
  | { readonly kind: "refused" }
  /** The connection closed without a whole answer: BMDB's bare 503 looks like this. */
  | { readonly kind: "closed" }
  | { readonly kind: "timeout"; readonly afterMs: number }
  | { readonly kind: "failed"; readonly message: string };

/** Reads pages of MServers and DBServers. Never raises: whatever happened is an answer. */
export interface WebPages {
  get(url: string, options: { readonly timeoutMs: number }): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Time. `nowMs` is the wall clock, for records; `monotonicMs` is for every limit and interval. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Does `work`, which never rejects, every `ms` beside everything else, never twice at a time, until the answer is called. */
  every(ms: number, work: () => Promise<void>): () => void;
}

/** Chance, passed in so that a run can be repeated. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** `length` hexadecimal digits, for ids of runs and acts. */
  hex(length: number): string;
}

/** Append-only record of a run. Writing must not fail the roll; what could not be written is reported once. */
export interface Journal {
  append(entry: JournalEntry): void;
  /** Where a person finds it, or undefined when nothing is written. */
  readonly path: string | undefined;
}

/** One line of the journal. `at` is ISO 8601. Never holds a secret. */
export interface JournalEntry {
  readonly at: string;
  readonly run: string;
  readonly event: string;
  readonly [fact: string]: unknown;
}

/** Where progress goes: the resource's row, CI's log, a test. */
export interface EventSink {
  emit(event: ProgressEvent): void;
}

/** `passing` lines replace each other on the row; others stay in the diagnostics. */
export interface ProgressEvent {
  readonly text: string;
  readonly passing: boolean;
  /** The beginning of a step: never left out, however soon after another line. */
  readonly isStep?: boolean;
}
