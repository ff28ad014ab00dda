// What `ensureToolchain` hands out: a Pulumi that works, and how to run it without touching the user's own.

export type ToolchainSource = "path" | "cache" | "download" | "build";

export interface Toolchain {
  /** Holds `pulumi`, `pulumi-language-nodejs` and `pulumi-resource-pulumi-nodejs`. */
  readonly binDir: string;
  /** Absolute path of the CLI. */
  readonly pulumi: string;
  /** The CLI's version, without a leading `v`. */
  readonly version: string;
  readonly source: ToolchainSource;
  /** The directory of ours that may be written to; the user's own Pulumi home is somewhere else. */
  readonly cacheDir: string;
  /**
   * A whole environment: the caller's without its `PULUMI_…` variables, `binDir` first on PATH, and a Pulumi home of ours.
   * Add `fileBackendEnv` (or another backend) before running anything that has a stack.
   */
  readonly env: Readonly<Record<string, string>>;
}

/** Where the setup says what it is doing. `status` may be overwritten by the next one; `line` stays. */
export interface Progress {
  line(text: string): void;
  status(text: string): void;
}

/** The setup could not get a Pulumi. The message says what was tried and what to do. */
export class ToolchainError extends Error {
  override readonly name = "ToolchainError";
}
