// `bin/dbserver`.

import * as net from "node:net";
import { parseHostPort } from "../cluster/cluster-document";
import type { DbserverState } from "../cluster/dbserver";
import { buildDbserver } from "./build-dbserver";
import { bearLeftChild } from "./left-child";
import { listen } from "./listen";
import { runServer } from "./server-process";

const BSQL_PORT = 5433;

void runServer<DbserverState>("dbserver", (context) => ({
  ...buildDbserver(context),
  listenMore: async () => {
    const { flag, rpc } = context;
    if (flag("enable_bsql") !== "true") return;
    // Holds the port as BSQL would and speaks no protocol.
    const { host, port } = parseHostPort(flag("pgsql_proxy_bind_address") || rpc.host, BSQL_PORT);
    const server = net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end();
    });
    await listen(server, host, port);
    bearLeftChild(server, context.ports.faults);
  },
}));
