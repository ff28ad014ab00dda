// A tiny cluster in memory: enough of hosts and processes for a whole roll. What is done to it is its story.

import { HOST_FACTS_BEGIN } from "../../provider/inventory/host-facts-command";
import { type DesiredCluster, declaredProcesses, type ProcessId, type Role } from "../../provider/model/desired";
import type { Inventory } from "../../provider/model/inventory";
import type { CommandResult, Shell } from "../../provider/ports";
import { buildReadActCommand } from "../../provider/steps/act-script";
import { buildLastWordsCommand } from "../../provider/steps/last-words";
import { buildInventory, buildRunning, known, type ProcessShapes } from "./build-cluster";
import { renderHostFacts } from "./host-facts-text";
import { type LeaseHost, runLeaseCommand } from "./lease-hosts";
import type { VirtualClock } from "./virtual-clock";

export interface FakeProcess {
  readonly id: ProcessId;
  version: string;
  /** Null: it is down. */
  pid: number | null;
  startedAtMs: number;
}

export interface FakeCluster {
  readonly shell: Shell;
  readonly story: string[];
  /** Hand-overs and changes of the leader blacklist, apart from the story. */
  readonly care: string[];
  /** RPC addresses of DBServers that may not lead tiles. */
  readonly blacklist: Set<string>;
  /** Whether leaders leave a DBServer that is on the blacklist. */
  doLeadersLeave: boolean;
  /** What bm-admin answers to a hand-over or a change of the blacklist, instead of doing it. */
  careAnswer: (operation: string) => CommandResult | undefined;
  readonly processes: readonly FakeProcess[];
  leader: string;
  /** The lease as it lies on each host. */
  readonly leases: ReadonlyMap<string, LeaseHost>;
  /** Processes (`dbserver:db2`) that end as soon as they are started. */
  readonly dying: Set<string>;
  /** What bm-admin prints for an operation; it succeeds unless a test says otherwise. */
  bmAdmin: (operation: string) => CommandResult;
  /** Facts that a test wants otherwise. */
  facts: () => Partial<Inventory>;
  collect(): Inventory;
  process(key: string): FakeProcess;
}

export const saying = (stdout: string, code = 0): CommandResult => ({ code, stdout, stderr: "" });
const keyOf = (id: ProcessId): string => `${id.role}:${id.node}`;

export function createFakeCluster(desired: DesiredCluster, clock: VirtualClock, running = "2.16.0.0-b1"): FakeCluster {
  let nextPid = 100;
  const reports = new Map<string, string>();
  const processes = declaredProcesses(desired).map(
    (id): FakeProcess => ({ id, version: running, pid: nextPid++, startedAtMs: clock.monotonicMs() - 3_600_000 }),
  );
  const find = (key: string): FakeProcess => {
    const found = processes.find((each) => keyOf(each.id) === key);
    if (found === undefined) throw new Error(`no process ${key}`);
    return found;
  };

  const act = (key: string, id: string, version: string, script: string): CommandResult => {
    const process = find(key);
    const { node, role } = process.id;
    const pidToStop = /^pid=(\d+)$/m.exec(script)?.[1];
    const lines = [`act ${id} ${version}`];
    if (pidToStop !== undefined) {
      if (process.pid !== Number(pidToStop)) throw new Error(`${key} is not ${pidToStop}`);
      cluster.story.push(`stop ${role} ${node}`);
      lines.push(`stopping ${pidToStop}`, `stopped ${pidToStop}`);
    }
    cluster.story.push(`start ${role} ${node} ${version}`);
    const pid = nextPid++;
    process.version = `${version}-b1`;
    process.startedAtMs = clock.monotonicMs();
    process.pid = cluster.dying.has(key) ? null : pid;
    if (cluster.leader === node && role === "mserver")
      cluster.leader = processes.find((each) => each.id.role === role && each.id.node !== node)?.id.node ?? node;
    reports.set(key, `${[...lines, "starting from somewhere", `done ok ${pid}`].join("\n")}\n`);
    return saying("");
  };

  const marks = new Set<string>();
  const mark = (node: string, command: string): CommandResult => {
    if (command.includes("test -e")) return saying("", marks.has(node) ? 0 : 1);
    if (command.includes("rm -f")) marks.delete(node);
    else marks.add(node);
    return saying("");
  };
  /** Hand-over and leader blacklist: what spares the clients, told apart from what changes processes. */
  const takeCare = (operation: string, first: string, second: string): CommandResult => {
    const answer = cluster.careAnswer(operation);
    if (answer) return answer;
    if (operation === "master_leader_stepdown") cluster.leader = first.replace("uuid-", "");
    else if (first === "ADD") cluster.blacklist.add(second);
    else cluster.blacklist.delete(second);
    cluster.care.push(operation === "master_leader_stepdown" ? `hand over to ${first}` : `${first} ${second}`);
    return saying("");
  };

  const leases = new Map(desired.nodes.map((node): [string, LeaseHost] => [node.name, { lease: "" }]));
  const run = async (node: string, command: string, stdin: string): Promise<CommandResult> => {
    const host = leases.get(node);
    const leased = host && runLeaseCommand(host, command, (guarded) => run(node, guarded, stdin));
    if (leased !== undefined) return leased;
    if (command.includes(HOST_FACTS_BEGIN))
      return saying(
        renderHostFacts(
          processes
            .filter((each) => each.id.node === node)
            .flatMap(({ id, version, pid }) => (pid === null ? [] : [buildRunning(id.role, version, { pid })])),
        ),
      );
    const launch = /printf 'act %s %s\\n' '(\S+)' '(\S+)' >(\w+)\.act/.exec(command);
    if (launch?.[1] && launch[2] && launch[3]) return act(`${launch[3]}:${node}`, launch[1], launch[2], stdin);
    for (const role of ["mserver", "dbserver"] satisfies Role[]) {
      if (command === buildReadActCommand(role)) return saying(reports.get(`${role}:${node}`) ?? "");
      if (command === buildLastWordsCommand(role)) return saying(`F ${role} of ${node}: cannot open its data\n`);
      if (command.includes(`new='${role}.start'.new.$$`)) return saying("");
    }
    if (command.includes("dbserver.drained")) return mark(node, command);
    const care = /'(m(?:aster|server)_leader_stepdown|change_leader_blacklist)' '([^']*)'(?: '([^']*)')?$/.exec(
      command,
    );
    if (care) return takeCare(care[1] ?? "", care[2] ?? "", care[3] ?? "");
    const operation = /\.\/bin\/bm-admin .*'(\w+)'$/.exec(command)?.[1];
    if (operation === undefined) throw new Error(`the fake cluster does not know: ${command}`);
    cluster.story.push(operation);
    return cluster.bmAdmin(operation);
  };

  const cluster: FakeCluster = {
    story: [],
    leases,
    care: [],
    blacklist: new Set(),
    doLeadersLeave: true,
    careAnswer: () => undefined,
    processes,
    leader: declaredProcesses(desired).find((id) => id.role === "mserver")?.node ?? "",
    dying: new Set(),
    bmAdmin: (operation) =>
      saying(
        operation === "promote_auto_flags"
          ? "PromoteAutoFlags status: \nNew AutoFlags were promoted. Config version: 2\n"
          : "BSQL successfully upgraded to the latest version\n",
      ),
    facts: () => ({}),
    process: find,
    shell: {
      run: async (node, command, options) => run(node, command, options.stdin ?? ""),
      close: async () => undefined,
    },
    collect() {
      const shapes: ProcessShapes = Object.fromEntries(
        processes.map(({ id, version, pid }) => [keyOf(id), { version, down: pid === null }]),
      );
      const inventory = buildInventory(desired, { processes: shapes, leader: cluster.leader });
      const hostOf = (node: string) => desired.nodes.find((each) => each.name === node)?.host;
      const byHost = (role: Role, host: string) =>
        processes.find((each) => each.id.role === role && hostOf(each.id.node) === host);
      return {
        ...inventory,
        mservers: inventory.mservers.known
          ? known(
              inventory.mservers.value.map((entry) => ({
                ...entry,
                startTimeUs: byHost("mserver", entry.host)?.pid ?? undefined,
              })),
            )
          : inventory.mservers,
        dbservers: inventory.dbservers.known
          ? known(
              inventory.dbservers.value.map((entry) => {
                const upSec = (clock.monotonicMs() - (byHost("dbserver", entry.host)?.startedAtMs ?? 0)) / 1000;
                // A heartbeat a second, the first one a second after the start.
                const node = desired.nodes.find((each) => each.host === entry.host);
                const isDrained =
                  cluster.doLeadersLeave && cluster.blacklist.has(`${entry.host}:${node?.ports.dbserverRpc}`);
                const tiles = { ...entry.tiles, userLeaders: isDrained ? 0 : 4 };
                return { ...entry, tiles, heartbeatAgeSec: upSec < 1 ? upSec + 3 : upSec % 1 };
              }),
            )
          : inventory.dbservers,
        processes: inventory.processes.map((facts) => {
          const process = find(keyOf(facts.id));
          return {
            ...facts,
            running: known(
              process.pid === null ? null : buildRunning(facts.id.role, process.version, { pid: process.pid }),
            ),
          };
        }),
        config: inventory.config.known
          ? known({
              ...inventory.config.value,
              leaderBlacklist: [...cluster.blacklist].map((address) => {
                const [host = "", port] = address.split(":");
                return { host, port: Number(port) };
              }),
            })
          : inventory.config,
        ...cluster.facts(),
      };
    },
  };
  return cluster;
}
