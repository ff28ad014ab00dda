// What is asked of a host only before a roll begins: whether the new release would do there what the old one does.

export interface HostDetails {
  /** Size of the staged release on disk. */
  readonly releaseBytes: number | undefined;
  /** What `bin/mserver --version` of the staged release says, run there. */
  readonly binaryVersion: string | undefined;
  /** PostgreSQL extensions (names of control files) in the staged release, and in the releases that run. */
  readonly extensions: readonly string[];
  readonly extensionsRunning: readonly string[];
  /** Names of all AutoFlags that the staged release knows; undefined when it says nothing about AutoFlags. */
  readonly autoFlags: readonly string[] | undefined;
  /** The same of the releases that run; undefined when one of them cannot be read. */
  readonly autoFlagsRunning: readonly string[] | undefined;
  /** What starts BMDB processes when the host boots, one line each, as found. */
  readonly bootStarters: readonly string[];
  /** Whether logind ends what the ssh user started when his session ends; undefined when it does not tell. */
  readonly killsUserProcesses: boolean | undefined;
  /** Paths that were asked about, as they are after all links were followed. */
  readonly resolvedPaths: Readonly<Record<string, string>>;
}

/** A host's clock against ours. The answer travelled, so the truth is within `± uncertaintyMs`. */
export interface ClockReading {
  readonly offsetMs: number;
  readonly uncertaintyMs: number;
}
