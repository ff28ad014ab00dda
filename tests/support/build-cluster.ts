// Desired clusters and inventories for tests: healthy, at replication factor 3, unless a test says otherwise.

import { type DesiredCluster, declaredProcesses, type ProcessId, type Role } from "../../provider/model/desired";
import { type Fact, factOf, parsed, unparsed } from "../../provider/model/fact";
import type { HostDetails } from "../../provider/model/host-details";
import type { HostFacts, RunningProcess } from "../../provider/model/host-facts";
import type { HostInventory, Inventory, ProcessFacts } from "../../provider/model/inventory";
import type { DBServerEntry, MServerEntry } from "../../provider/model/pages";
import { parseDesired } from "../../provider/model/parse-desired";

export const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2bZbqzFYgkFXKqLJp7jXm3vbXNZ1fUa0sYl1n2Vd6H";

export interface ClusterShape {
  readonly version?: string;
  /** Roles per node: `{ db1: "both", m1: "mserver", d1: "dbserver" }`. */
  readonly nodes?: Readonly<Record<string, "both" | Role>>;
  readonly zones?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, unknown>>;
}

export function buildDesired(shape: ClusterShape = {}): DesiredCluster {
  const parsedInputs = parseDesired(buildInputs(shape));
  if (!("desired" in parsedInputs)) throw new Error(parsedInputs.problems.join("\n"));
  return parsedInputs.desired;
}

/** What a program would give. */
export function buildInputs(shape: ClusterShape = {}): Record<string, unknown> {
  const names = Object.entries(shape.nodes ?? { db1: "both", db2: "both", db3: "both" });
  return {
    version: shape.version ?? "2.18.0.0",
    nodes: names.map(([name, roles], index) => ({
      name,
      host: `10.0.0.${index + 1}`,
      roles: roles === "both" ? ["mserver", "dbserver"] : [roles],
      ...(shape.zones?.[name] && { zone: shape.zones[name] }),
    })),
    ssh: {
      agentSocketPath: "/run/agent",
      hosts: Object.fromEntries(names.map(([name]) => [name, { hostKey: HOST_KEY }])),
    },
    ...shape.more,
  };
}

export const known = <T>(value: T): Fact<T> => factOf(parsed(value), "test", 0);
export const unknown = <T>(why = "nobody said"): Fact<T> => factOf(unparsed<T>(why), "test", 0);

export interface ProcessShape {
  readonly version?: string;
  readonly down?: boolean;
  readonly silent?: boolean;
  readonly lastAct?: string;
  readonly lagMs?: number;
  /** Of the 12 that the leader MServer counts. */
  readonly tilesUp?: number;
  readonly tilesFailed?: readonly string[];
  readonly staged?: string | null;
  readonly hasBinaries?: boolean;
  readonly releaseVersion?: string;
}

/** `"mserver:db1"` → what is special about it. */
export type ProcessShapes = Readonly<Record<string, ProcessShape>>;

export interface InventoryShape {
  readonly running?: string;
  readonly processes?: ProcessShapes;
  readonly leader?: string;
  readonly facts?: Partial<Inventory>;
}

export function buildInventory(desired: DesiredCluster, shape: InventoryShape = {}): Inventory {
  const running = shape.running ?? "2.16.0.0-b1";
  const shapeOf = (id: ProcessId): ProcessShape => shape.processes?.[`${id.role}:${id.node}`] ?? {};
  const ids = declaredProcesses(desired);
  const leader = shape.leader ?? ids.find((id) => id.role === "mserver" && !shapeOf(id).down)?.node;
  return {
    observedAtMs: 0,
    mservers: known(
      desired.nodes
        .filter((node) => node.roles.includes("mserver"))
        .map((node): MServerEntry => {
          const isDown = shapeOf({ node: node.name, role: "mserver" }).down === true;
          return {
            host: node.host,
            rpcPort: node.ports.mserverRpc,
            httpPort: isDown ? undefined : node.ports.mserverHttp,
            addresses: [{ host: node.host, port: node.ports.mserverRpc }],
            uuid: `uuid-${node.name}`,
            startTimeUs: isDown ? undefined : 1,
            uptimeSec: undefined,
            role: isDown ? undefined : node.name === leader ? "LEADER" : "FOLLOWER",
            error: isDown ? "NETWORK_ERROR: Connection refused" : undefined,
          };
        }),
    ),
    dbservers: known(
      desired.nodes
        .filter((node) => node.roles.includes("dbserver"))
        .map((node): DBServerEntry => {
          const isDown = shapeOf({ node: node.name, role: "dbserver" }).down === true;
          return {
            host: node.host,
            httpPort: node.ports.dbserverHttp,
            heartbeatAgeSec: isDown ? 75 : 0.5,
            status: isDown ? "DEAD" : "ALIVE",
            uptimeSec: 1000,
            zone: node.zone,
            uuid: `uuid-${node.name}`,
            placementUuid: "",
            tiles: { user: 12, userLeaders: 4, system: 0, systemLeaders: 0, active: 12 },
            paths: [],
            isBlacklisted: undefined,
            isLeaderBlacklisted: undefined,
          };
        }),
    ),
    tilesUnderReplicated: known([]),
    tilesLeaderless: known([]),
    config: known({
      configVersion: 1,
      clusterUuid: "c1",
      replicationFactor: 3,
      leaderBlacklist: [],
      dataBlacklist: [],
      xdcrGroups: [],
    }),
    replicationFactor: known(3),
    heartbeatIntervalMs: known(1000),
    bsqlEnabled: known(true),
    leader: known({ uuid: `uuid-${leader}`, readingCount: 10, forMs: 600_000 }),
    balancerRestMs: known(120_000),
    aliveForMs: known(60_000),
    autoFlagsApplyDelayMs: unknown("the page does not say it"),
    cdcStreams: known([]),
    walRetentionMs: known(14_400_000),
    xdcrPeers: [],
    pauseRecords: known([]),
    hosts: desired.nodes.map((node) => buildHost(node.name)),
    processes: ids.map((id) => buildProcess(id, running, desired.version, shapeOf(id))),
    ...shape.facts,
  };
}

/** A host with room, memory and a clock like ours, and a release that has what the running one has. */
export function buildHost(
  node: string,
  more: {
    details?: Partial<HostDetails>;
    facts?: Partial<HostFacts>;
    clock?: HostInventory["clock"];
    actsUnderWay?: HostInventory["actsUnderWay"];
  } = {},
): HostInventory {
  return {
    node,
    facts: known({
      clockMs: 0,
      hostname: node,
      user: "bigmath",
      uid: 1000,
      home: "/home/bigmath",
      bootId: "boot",
      ownUnit: undefined,
      memAvailableBytes: 8e9,
      disks: [{ asked: "/home/bigmath", measured: "/home/bigmath", totalBytes: 100e9, availableBytes: 50e9 }],
      stateDir: { isPresent: true, mode: "700", uid: 1000 },
      processes: [],
      ...more.facts,
    }),
    clock: more.clock ?? known({ offsetMs: 0, uncertaintyMs: 5 }),
    actsUnderWay: more.actsUnderWay ?? known([]),
    details: known({
      releaseBytes: 1e9,
      binaryVersion: "2.18.0.0-b1",
      extensions: ["pg_stat_statements"],
      extensionsRunning: ["pg_stat_statements"],
      autoFlags: ["old_flag", "new_flag"],
      autoFlagsRunning: ["old_flag"],
      bootStarters: [],
      killsUserProcesses: false,
      resolvedPaths: {},
      ...more.details,
    }),
  };
}

function buildProcess(id: ProcessId, running: string, wanted: string, shape: ProcessShape): ProcessFacts {
  const version = shape.version ?? running;
  return {
    id,
    isAnswering: shape.silent ? unknown("its web port does not answer in time") : known(!shape.down),
    version: shape.down || shape.silent ? unknown("nobody listens on its web port") : known(version),
    running: known(shape.down ? null : buildRunning(id.role, shape.releaseVersion ?? version)),
    followerLagMsMax: !shape.down ? known(shape.lagMs ?? 0) : unknown("not asked"),
    tileCount: id.role === "dbserver" && !shape.down ? known(shape.tilesUp ?? 12) : unknown("not asked"),
    failedTiles: id.role === "dbserver" && !shape.down ? known(shape.tilesFailed ?? []) : unknown("not asked"),
    lastActVersion: known(shape.lastAct ?? null),
    staged: known({
      dir: `/home/bigmath/softwarebm-${wanted}`,
      version: shape.staged === undefined ? `${wanted}-b1` : shape.staged,
      hasBinaries: shape.hasBinaries ?? true,
    }),
    flags: known(
      new Map([
        ["fs_data_dirs", { value: "/home/bigmath/data", type: "Custom" }],
        ["log_dir", { value: "/home/bigmath/logs", type: "Custom" }],
        ["old_flag", { value: "true", type: "Auto" }],
      ]),
    ),
  };
}

export function buildRunning(role: Role, version: string, more: Partial<RunningProcess> = {}): RunningProcess {
  const releaseDir = `/home/bigmath/softwarebm-${version.split("-")[0]}`;
  return {
    name: role,
    pid: 4711,
    startTicks: 1000,
    uid: 1000,
    parent: { pid: 1, name: "systemd" },
    unit: undefined,
    exe: `${releaseDir}/bin/${role}`,
    isExeDeleted: false,
    releaseDir,
    releaseVersion: version,
    argv: [`./bin/${role}`, "--flagfile", `/home/bigmath/conf/${role}.conf`],
    cwd: releaseDir,
    stdout: `/home/bigmath/logs/${role}.out`,
    stderr: `/home/bigmath/logs/${role}.out`,
    umask: "0022",
    limits: { nofile: { soft: "1048576", hard: "1048576" } },
    environment: { HOME: "/home/bigmath", PATH: "/usr/bin:/bin", LANG: "C.UTF-8" },
    ...more,
  };
}
