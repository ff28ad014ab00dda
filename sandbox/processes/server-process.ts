// The life of an `mserver` or `dbserver` process: flags, lock, faults, ports, one timer, and its end. What it does in
// between is the state machine's business.

import type { ServerRole } from "../cluster/auto-flags";
import type { Message } from "../cluster/messages";
import type { Address, MachinePorts } from "../cluster/ports";
import type { Reply } from "../cluster/status";
import { buildTimers, type Timers } from "../cluster/timers";
import type { Page } from "./answer-page";
import type { FetchPage } from "./fetch-from-leader";
import { fetchPage } from "./fetch-page";
import { DEFAULT_RPC_PORT } from "./flag-definitions";
import { FlagError, type Flags, parseFlags, readGivenTimers } from "./flags";
import { listen } from "./listen";
import { ProcessLife } from "./process-life";
import { type Release, readRelease, renderVersionLine } from "./release-files";
import { RpcClient } from "./rpc-client";
import { createRpcServer } from "./rpc-server";
import { createWebServer } from "./web-server";

const MESSAGE_TIMEOUT_MS = 2000;

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
  readonly client: Pick<RpcClient, "ask">;
  readonly fetchPage: FetchPage;
  readonly ramBytes: () => number;
  nowMs(): number;
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
  const life = new ProcessLife(role, flag, release.metadata.version_number);
  process.on("uncaughtException", (error) => life.die("init.cc:90", `Uncaught: ${error.stack ?? String(error)}`));
  await life.letSupervisedGoFirst();
  const data = life.openDataDir();
  const timers = buildTimers(Number(flag("sandbox_time_scale")), readGivenTimers(flags));
  let machine: Machine | undefined;
  process.on("SIGTERM", () => {
    if (!life.isDeaf()) life.end(machine === undefined ? 0 : timers.stopMs, () => machine?.save?.(Date.now()));
  });
  await life.sufferFaults();

  const [rpc, http] = readAddresses(role, flag);
  const client = new RpcClient(rpc.address, MESSAGE_TIMEOUT_MS);
  const ports: MachinePorts<State> = {
    send: (to, message) => client.send(to, message),
    persist: (state) => data.writeState(state),
    random: Math.random,
    event: (event) => life.log.event(event),
    log: (severity, text) => life.log.write(severity, `${role}.cc:1`, text),
    fatal: (source, text) => life.die(source, text),
    faults: life.faults,
  };
  const server = build({
    flags,
    release,
    timers,
    rpc,
    http,
    client,
    fetchPage,
    ramBytes: () => process.memoryUsage.rss(),
    nowMs: Date.now,
    stored: data.readState<State>(),
    ports,
    flag,
  });
  const running = server.machine;
  machine = running;
  const rpcServer = createRpcServer({
    isEnding: () => life.isEnding,
    receive: (from, message) => running.receive(Date.now(), from, message),
    request: (request, respond) => {
      // Whoever has set a fault and then asks must meet it.
      life.faults.look();
      server.request(Date.now(), request, respond);
    },
  });
  try {
    const options = { isHtmlOnly: flag("sandbox_html_only") === "true", faults: life.faults };
    await listen(createWebServer(server.pages, options), http.host, http.port);
    await listen(rpcServer, rpc.host, rpc.port);
    await server.listenMore?.();
  } catch (error) {
    const { address = http.host, port = http.port } = error as { address?: string; port?: number };
    const text = `Error binding socket to ${address}:${port}: ${String(error)}`;
    life.die("rpc_server.cc:111", `Network error (bm/util/net/socket.cc:326): ${text}`);
  }
  const servesSinceMs = Date.now();
  const tick = (): void => {
    if (life.isEnding) return;
    life.sufferServing(Date.now() - servesSinceMs);
    running.tick(Date.now());
  };
  setInterval(tick, Math.min(250, Math.max(20, timers.raftHeartbeatIntervalMs / 4)));
  life.log.event({ event: "process_serving", rpc: rpc.address, http: http.address });
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
