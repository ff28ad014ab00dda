import type { Input } from "@pulumi/pulumi";

/** Where releases come from and where they are unpacked. */
export interface BmReleaseArgs {
  /**
   * Address of a release's archive; `{version}` stands for the release (spec I1). A password or query in it is never shown.
   *
   * @default "https://downloads.bigmath.com/bigmath-{version}.tar.gz"
   */
  readonly url?: Input<string>;

  /**
   * sha256 of the archive, 64 hexadecimal digits, by release: `{ "2.18.0.0": "9f86d0…" }`. An archive that differs is not unpacked.
   *
   * @default the .sha256 beside the archive
   */
  readonly sha256?: Input<Record<string, Input<string>>>;

  /**
   * Directory of a release on every host: absolute or beginning with `~/`, with `{version}` in it, so that releases never
   * share a directory (spec I2). Old releases stay where they are.
   *
   * @default "~/softwarebm-{version}"
   */
  readonly installDir?: Input<string>;

  /**
   * Shell command that installs PostgreSQL extensions; it is run in the new release's directory, after `post_install.sh`
   * and before any process is stopped (spec I4).
   *
   * @default none
   */
  readonly extensions?: Input<string>;

  /** For download, unpacking, `post_install.sh` and extensions together. @default "15m" */
  readonly timeout?: Input<string>;
}

/** How one kind of process is started. Raises `StartUnknown` where nothing was recorded and nothing is said here. */
export interface BmProcessArgs {
  /** Arguments instead of the recorded ones. @default as found running */
  readonly args?: Input<Input<string>[]>;

  /** Variables added to, or replacing, those found. @default as found running */
  readonly environment?: Input<Record<string, Input<string>>>;

  /** Absolute path of the file that takes standard output and standard error. @default as found running */
  readonly output?: Input<string>;

  /** Own start command, for a service manager. `{releaseDir}` and `{version}` are replaced, quoted. @default none */
  readonly start?: Input<string>;

  /** Own stop command. @default SIGTERM to the process */
  readonly stop?: Input<string>;
}

/** How the pages of MServers and DBServers are asked. */
export interface BmAdminUiArgs {
  /** @default "http" */
  readonly scheme?: Input<"http" | "https">;

  /** PEM text of the authority that signed the servers' certificates. @default the system's authorities */
  readonly ca?: Input<string>;

  /**
   * `"ssh"` asks every page from its own host, over the ssh connection that is there anyway: for clusters whose web ports
   * cannot be reached from where Pulumi runs. The hosts' sshd must allow TCP forwarding (its default).
   *
   * @default "direct"
   */
  readonly access?: Input<"direct" | "ssh">;
}

/** How bm-admin is run. */
export interface BmBmAdminArgs {
  /** Name of the node it runs on; it must have an MServer. @default the first MServer's */
  readonly host?: Input<string>;

  /** Absolute path, on that node, of the directory with the client certificates (`-certs_dir_name`). @default none */
  readonly certsDir?: Input<string>;

  /** bm-admin's `-timeout_ms` (spec B3; its own default of 60 s is often too short). @default "180s" */
  readonly timeout?: Input<string>;
}
