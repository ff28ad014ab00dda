// The life of an `mserver` or `dbserver` process: flags, lock, faults, ports, one timer, and its end. What it does in
// between is the state machine's business.

import * as path from "node:path";
import type { ServerRole } from "../cluster/auto-flags";
import type { Message } from "../cluster/messages";
import type { Address, MachinePorts } from "../cluster/ports";
import type { Reply } from "../cluster/status";
import { buildTimers, type Timers } from "../cluster/timers";
import { DataDir, DataDirLocked } from "./data-dir";
import { readFaults } from "./faults";
import { DEFAULT_RPC_PORT } from "./flag-definitions";
import { FlagError, type Flags, parseFlags, readGivenTimers } from "./flags";
import { listen } from "./listen";
import { ProcessLog } from "./process-log";
import { type Release, readRelease, renderVersionLine } from "./release-files";
import { RpcClient } from "./rpc-client";
import { createRpcServer } from "./rpc-server";
import { createWebServer, type Page } from "./web-server";

export interface Machine {
  tick(nowMs: number): void;
  receive(nowMs: number, from: Address, message: Message): void;
  /** A machine that knows more than it has persisted says so before the process ends. */
  save?(nowMs: number): void;
}

export interface ServerContext<State> {
  readonly flags: Flags;
  readonly release: Release;
  readonly timers: Timers;
  readonly rpc: { readonly host: string; readonly port: number; readonly address: Address };
  readonly http: { readonly host: string; readonly port: number; readonly address: Address };
  readonly client: RpcClient;
  readonly stored: State | undefined;
  readonly ports: MachinePorts<State>;
  flag(name: string): string;
}

export interface BuiltServer {
  readonly machine: Machine;
  readonly pages: ReadonlyMap<string, Page>;
  request(nowMs: number, request: unknown, respond: (reply: Reply) => void): void;
  /** Further ports of this kind of server. */
  listenMore?(): Promise<void>;
}

export async function runServer<State>(
  role: ServerRole,
  build: (context: ServerContext<State>) => BuiltServer,
): Promise<void> {
  const release = readRelease();
  const flags = readFlagsOrExit(role, release);
  const flag = (name: string): string => flags.values.get(name) ?? "";
  const optional = (name: string): string | undefined => flag(name) || undefined;
  const fsDataDir = flag("fs_data_dirs").split(",")[0] ?? "";
  const logDir = optional("log_dir") ?? (fsDataDir === "" ? undefined : path.join(fsDataDir, "bm-data", role, "logs"));
  const version = release.metadata.version_number;
  const host = flag("sandbox_host");
  const log = new ProcessLog({ role, logDir, eventLog: optional("sandbox_event_log"), host, version });
  const die = (source: string, text: string): never => {
    log.write("F", source, text);
    log.event({ event: "process_crashed", reason: text });
    process.exit(1);
  };
  log.event({ event: "process_started", exe: process.execPath, cmdline: [process.argv0, ...process.argv.slice(2)] });
  process.on("uncaughtException", (error) => die("init.cc:90", `Uncaught: ${error.stack ?? String(error)}`));
  if (fsDataDir === "") die("fs_manager.cc:210", "Invalid argument: flag fs_data_dirs is empty");

  const data = new DataDir(fsDataDir, role);
  try {
    data.lock();
  } catch (error) {
    die("env_posix.cc:1390", error instanceof DataDirLocked ? `IO error: ${error.message}` : String(error));
  }
  const [rpc, http] = readAddresses(role, flag);
  const client = new RpcClient(rpc.address, 2000);
  const timers = buildTimers(Number(flag("sandbox_time_scale")), readGivenTimers(flags));
  let isEnding = false;
  const ports: MachinePorts<State> = {
    send: (to, message) => client.send(to, message),
    persist: (state) => data.writeState(state),
    random: Math.random,
    event: (event) => log.event(event),
    log: (severity, text) => log.write(severity, `${role}.cc:1`, text),
    fatal: (source, text) => {
      isEnding = true;
      data.unlock();
      die(source, text);
    },
  };

  for (const fault of readFaults(optional("sandbox_faults"), host, role, version)) {
    await sleep(fault.afterMs ?? (fault.kind === "crash_at_start" ? 200 : 5000));
    if (fault.kind === "crash_at_start") {
      data.unlock();
      die(
        `${role}_main.cc:140`,
        "Check failed: _s.ok() Bad status: Corruption: could not open the data directory (ordered by the sandbox)",
      );
    }
  }

  const server = build({ flags, release, timers, rpc, http, client, stored: data.readState<State>(), ports, flag });
  const { machine } = server;
  const rpcServer = createRpcServer({
    receive: (from, message) => {
      if (!isEnding) machine.receive(Date.now(), from, message);
    },
    request: (request, respond) => {
      if (!isEnding) server.request(Date.now(), request, respond);
    },
  });
  try {
    await listen(createWebServer(server.pages), http.host, http.port);
    await listen(rpcServer, rpc.host, rpc.port);
    await server.listenMore?.();
  } catch (error) {
    data.unlock();
    const { address = http.host, port = http.port } = error as { address?: string; port?: number };
    die(
      "rpc_server.cc:111",
      `Network error (bm/util/net/socket.cc:326): Error binding socket to ${address}:${port}: ${String(error)}`,
    );
  }
  setInterval(() => machine.tick(Date.now()), Math.min(250, Math.max(20, timers.raftHeartbeatIntervalMs / 4)));
  log.event({ event: "process_serving", rpc: rpc.address, http: http.address });

  process.on("SIGTERM", () => {
    if (isEnding) return;
    isEnding = true;
    log.write("I", `${role}_main.cc:170`, "Received signal 15 (SIGTERM), shutting down");
    void sleep(timers.stopMs).then(() => {
      machine.save?.(Date.now());
      data.unlock();
      log.event({ event: "process_stopped", signal: "SIGTERM" });
      process.exit(0);
    });
  });
}

function readFlagsOrExit(role: ServerRole, release: Release): Flags {
  try {
    const flags = parseFlags(role, process.argv.slice(2));
    if (flags.values.get("version") !== "true") return flags;
    process.stdout.write(`${renderVersionLine(release.metadata)}\n`);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function readAddresses(
  role: ServerRole,
  flag: (name: string) => string,
): [ServerContext<unknown>["rpc"], ServerContext<unknown>["http"]] {
  const first = flag("rpc_bind_addresses").split(",")[0] ?? "";
  const [host = "", port = ""] = first.split(":");
  const rpcPort = port === "" ? DEFAULT_RPC_PORT[role] : Number(port);
  const webHost = flag("webserver_interface") || host;
  const webPort = Number(flag("webserver_port"));
  return [
    { host, port: rpcPort, address: `${host}:${rpcPort}` },
    { host: webHost, port: webPort, address: `${webHost}:${webPort}` },
  ];
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
