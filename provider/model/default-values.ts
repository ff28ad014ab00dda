// What an argument is when the program does not say. docs/arguments.md and the docstrings in
// components/bm-cluster-args.ts state the same; a test compares them.

export const DEFAULTS = {
  sshUser: "bigmath",
  sshPort: 22,
  /** Spec I1. */
  releaseUrl: "https://downloads.bigmath.com/bigmath-{version}.tar.gz",
  /** Spec I2: /home/bigmath/softwarebm-$VER for the user bigmath. */
  installDir: "~/softwarebm-{version}",
  releaseTimeout: "15m",
  /** The MServer's are the procedure's, the DBServer's are assumed. */
  ports: { mserverRpc: 11000, mserverHttp: 10000, dbserverRpc: 9100, dbserverHttp: 9000, bsql: 5433 },
  adminUiScheme: "http",
  adminUiAccess: "direct",
  /** bm-admin's own is 60 s, which is often not enough for upgrade_bsql (spec B3). */
  bmAdminTimeout: "180s",
  /** Spec P2. */
  pause: "60s",
  pollInterval: "2s",
  firstPollInterval: "250ms",
  returnPollInterval: "1s",
  actPollInterval: "300ms",
  heartbeatAgeMax: "10s",
  followerLagMax: "10s",
  drainTimeout: "180s",
  onDrainTimeout: "proceed",
  xdcrLagTimeout: "5m",
  timeouts: {
    stop: "60s",
    start: "5m",
    return: "10m",
    gate: "10m",
    ssh: "20s",
    page: "5s",
    lease: "60s",
    bsqlUpgrade: "30m",
    bsqlRest: "5m",
    kill: "10s",
    ports: "30s",
    children: "10s",
    appear: "10s",
    act: "90s",
    startCheck: "45s",
    handOver: "30s",
    blacklist: "60s",
    bmAdminGrace: "30s",
    autoFlags: "10s",
  },
  finalize: "auto",
} as const;

export type PortName = keyof typeof DEFAULTS.ports;

/** The ports that a role listens on. */
export const PORTS_OF_ROLE = {
  mserver: ["mserverRpc", "mserverHttp"],
  dbserver: ["dbserverRpc", "dbserverHttp", "bsql"],
} as const satisfies Readonly<Record<string, readonly PortName[]>>;
