// Lets planned faults happen in a cluster, and ends them.

import type { Chance } from "../../sandbox/memory/chance";
import { flagFileOf, type MemoryCluster, mserverOf } from "../../sandbox/memory/memory-cluster";
import { addressOf } from "../../sandbox/memory/memory-flag-files";
import type { MemoryHost } from "../../sandbox/memory/memory-host";
import { releaseDirOf } from "../../sandbox/memory/memory-host";
import type { Fate } from "../../sandbox/memory/memory-ports";
import { runAdminWords } from "../../sandbox/memory/shell/admin";
import type { SandboxFault, SandboxRole } from "../../sandbox/types";
import { orderedFault, type PlannedFault } from "./faults";
import type { Shape } from "./shape";

export interface Troubles {
  /** What becomes of a command on its way to a host. */
  fateOf(node: string, command: string): Fate;
  /** Does something when this fault is due. */
  when(fault: PlannedFault, act: () => void): void;
  /** A run has begun a step. */
  noteStep(kind: string): void;
  /** Ends everything that is still going on; nothing further happens. */
  stop(): void;
  /** DBServers that a person has put on the leader blacklist. */
  readonly blacklistedByPerson: ReadonlySet<string>;
}

export function applyFaults(
  cluster: MemoryCluster,
  shape: Shape,
  faults: readonly PlannedFault[],
  chance: Chance,
): Troubles {
  const { time, network } = cluster;
  const active = new Map<PlannedFault, SandboxFault>();
  const lossy = new Map<string, Fate>();
  const lossyOperations = new Map<string, Fate>();
  const undo = new Map<PlannedFault, () => void>();
  const blacklisted = new Set<string>();
  const steps = new Map<string, number>();
  const waiting: { readonly fault: PlannedFault; readonly act: () => void }[] = [];
  let isOver = false;
  const order = (): void => cluster.setFaults([...active.values()]);

  const begin = (fault: PlannedFault): void => {
    const ordered = orderedFault(fault, shape);
    if (ordered !== undefined) {
      active.set(fault, ordered);
      order();
      undo.set(fault, () => {
        active.delete(fault);
        order();
      });
      return;
    }
    const end = happen(cluster, shape, fault, { lossy, lossyOperations, blacklisted, isOver: () => isOver });
    if (end !== undefined) undo.set(fault, end);
  };
  const end = (fault: PlannedFault): void => {
    undo.get(fault)?.();
    undo.delete(fault);
  };

  const due = (fault: PlannedFault, act: () => void): void => {
    time.after(fault.afterMs, () => {
      if (!isOver) act();
    });
  };
  const when = (fault: PlannedFault, act: () => void): void => {
    if (fault.withStep === undefined) due(fault, act);
    else waiting.push({ fault, act });
  };
  for (const fault of faults)
    when(fault, () => {
      begin(fault);
      time.after(fault.forMs, () => {
        if (!isOver) end(fault);
      });
    });
  return {
    when,
    noteStep(kind) {
      const number = (steps.get(kind) ?? 0) + 1;
      steps.set(kind, number);
      for (const { fault, act } of waiting)
        if (fault.withStep?.kind === kind && fault.withStep.number === number) due(fault, act);
    },
    blacklistedByPerson: blacklisted,
    fateOf(node, command) {
      const operation = [...lossyOperations.keys()].find((each) => command.includes(`'${each}'`));
      const fate = lossyOperations.get(operation ?? "");
      if (fate !== undefined) return fate;
      return lossy.has(node) && chance.isLucky(0.3) ? (lossy.get(node) ?? "arrives") : "arrives";
    },
    stop() {
      for (const fault of [...undo.keys()]) end(fault);
      isOver = true;
      network.mendAll();
      active.clear();
      order();
    },
  };
}

interface Hands {
  readonly lossy: Map<string, Fate>;
  readonly lossyOperations: Map<string, Fate>;
  readonly blacklisted: Set<string>;
  isOver(): boolean;
}

/** How to end it; undefined: it is over at once. */
function happen(cluster: MemoryCluster, shape: Shape, fault: PlannedFault, hands: Hands): (() => void) | undefined {
  const { time, network } = cluster;
  const host = cluster.host(fault.host);
  const process = host.processesOf(fault.role)[0];
  const restart = (version: string, by: string): void => {
    if (host.processesOf(fault.role).length === 0 && !network.isDown(host.name))
      cluster.start(host, fault.role, version, by);
  };
  switch (fault.kind) {
    case "process_crashes":
      process?.die("it crashed");
      return undefined;
    case "process_crashes_and_is_started_again": {
      const version = process?.version;
      process?.die("it crashed");
      if (version !== undefined) time.after(3000, () => restart(version, "person"));
      return undefined;
    }
    case "host_reboots":
      host.bootStarts.length = 0;
      for (const each of host.processes) host.bootStarts.push({ role: each.role, version: each.version });
      cluster.reboot(host, 15_000);
      return undefined;
    case "host_boots_old_binaries":
      host.bootStarts.length = 0;
      for (const role of host.roles) host.bootStarts.push({ role, version: shape.from });
      cluster.reboot(host, 15_000);
      return () => {
        host.bootStarts.length = 0;
      };
    case "operator_is_cut_off_from_host":
      network.cutFromOutside(host.name);
      return () => network.mendFromOutside(host.name);
    case "hosts_are_cut_off_from_each_other":
      network.cut(fault.host, fault.otherHost);
      return () => network.mend(fault.host, fault.otherHost);
    case "host_answers_late":
      network.delay(host.name, 6000);
      return () => network.delay(host.name, 0);
    case "ssh_answers_are_lost":
      hands.lossy.set(host.name, "lost_after");
      return () => hands.lossy.delete(host.name);
    case "ssh_commands_are_lost":
      hands.lossy.set(host.name, "lost_before");
      return () => hands.lossy.delete(host.name);
    case "admin_answers_are_lost":
      hands.lossyOperations.set(fault.operation, fault.moment === "before" ? "lost_before" : "lost_after");
      return () => hands.lossyOperations.delete(fault.operation);
    case "clock_is_wrong":
      host.clockOffsetMs = 3_600_000;
      return () => {
        host.clockOffsetMs = 0;
      };
    case "leader_mserver_steps_down": {
      const [leader] = cluster.leaders();
      if (leader !== undefined) mserverOf(leader)?.raft.stepDown(time.nowMs);
      return undefined;
    }
    case "disk_is_full":
      host.isDiskFull = true;
      return () => {
        host.isDiskFull = false;
      };
    case "person_restarts_a_process":
    case "person_upgrades_a_process": {
      const version = fault.kind === "person_upgrades_a_process" ? shape.to : (process?.version ?? shape.from);
      process?.terminate("person");
      process?.onGone(() => time.after(500, () => restart(version, "person")));
      return undefined;
    }
    case "person_blacklists_a_dbserver": {
      const dbserver = shape.hosts.find((each) => each.roles.includes("dbserver") && each.name === fault.host);
      const admin = cluster.hosts.find((each) => each.roles.includes("mserver"));
      if (dbserver === undefined || admin === undefined) return undefined;
      hands.blacklisted.add(addressOf(dbserver, "dbserver", "rpc"));
      time.wake();
      void runAdminWords(cluster, admin, releaseDirOf(shape.from), [
        "-mserver_addresses",
        shape.hosts
          .filter((each) => each.roles.includes("mserver"))
          .map((each) => addressOf(each, "mserver", "rpc"))
          .join(","),
        "change_leader_blacklist",
        "ADD",
        addressOf(dbserver, "dbserver", "rpc"),
      ]);
      return undefined;
    }
    case "supervisor_starts_old_binary":
      return supervise(cluster, host, fault.role, shape.from);
    default:
      return undefined;
  }
}

/** Starts a fixed release whenever there is none, sooner than anybody else looks. */
function supervise(cluster: MemoryCluster, host: MemoryHost, role: SandboxRole, version: string): () => void {
  let isOver = false;
  const watch = (): void => {
    const [process] = host.processesOf(role);
    process?.onGone(() =>
      cluster.time.after(20, () => {
        if (isOver || cluster.network.isDown(host.name) || !host.files.has(flagFileOf(role))) return;
        if (host.processesOf(role).length === 0) cluster.start(host, role, version, "supervisor");
        watch();
      }),
    );
  };
  watch();
  return () => {
    isOver = true;
  };
}
