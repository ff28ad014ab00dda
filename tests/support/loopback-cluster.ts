// One MServer and one DBServer that only answer pages, on 127.0.0.1, and an ssh server on the same machine: enough for
// whatever ends before the first stop. Who connects is counted.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DesiredCluster } from "../../provider/model/desired";
import { parseDesired } from "../../provider/model/parse-desired";
import { buildPages } from "./cluster-pages";
import { type ShellSshServer, startShellSshServer } from "./shell-ssh-server";

export interface LoopbackCluster {
  /** Inputs as the engine hands them to the provider. */
  inputs(version: string, more?: Readonly<Record<string, unknown>>): Record<string, unknown>;
  readonly connectionCount: () => number;
  /** Nobody listens on the web ports any more. */
  stopPages(): Promise<void>;
  stop(): Promise<void>;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

export async function startLoopbackCluster(running = "2.16.0.0-b1"): Promise<LoopbackCluster> {
  let connectionCount = 0;
  const home = mkdtempSync(join(tmpdir(), "bmdb-loopback-"));
  // A host without any process of BMDB, whatever else runs on this machine.
  writeFileSync(join(home, "pgrep"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const env = { HOME: home, PATH: `${home}:${process.env["PATH"]}` };
  const ssh: ShellSshServer = await startShellSshServer({ env });
  const web = createServer((request, response) => {
    const answer = pages.get(`http://${request.headers.host}${request.url}`);
    if (answer?.kind !== "answer") response.writeHead(404).end("Error 404 (Not Found)");
    else response.writeHead(answer.status).end(answer.body);
  });
  web.on("connection", () => {
    connectionCount += 1;
  });
  const other = createServer(web.listeners("request")[0] as () => void);
  const [mserverHttp, dbserverHttp] = [await listen(web), await listen(other)];
  const inputs: LoopbackCluster["inputs"] = (version, more = {}) => ({
    version,
    nodes: [{ name: "db1", host: "127.0.0.1", roles: ["mserver", "dbserver"], ports: { mserverHttp, dbserverHttp } }],
    ssh: { user: "bigmath", port: ssh.port, privateKey: ssh.privateKey, hosts: { db1: { hostKey: ssh.hostKey } } },
    policy: {
      allowInterruption: true,
      pause: "0s",
      pollInterval: "50ms",
      timeouts: { gate: "200ms", ssh: "20s", page: "10s" },
    },
    ...more,
  });
  const pages = buildPages(desiredOf(inputs("2.18.0.0")), { running });
  const close = (server: Server) =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const stopPages = async (): Promise<void> => {
    await Promise.all([close(web), close(other)]);
  };
  return {
    inputs,
    connectionCount: () => connectionCount + ssh.loginCount(),
    stopPages,
    async stop() {
      await stopPages();
      await ssh.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function desiredOf(inputs: Record<string, unknown>): DesiredCluster {
  const parsed = parseDesired(inputs);
  if ("desired" in parsed) return parsed.desired;
  throw new Error(parsed.problems.join("\n"));
}
