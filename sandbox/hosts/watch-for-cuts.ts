// The network of a host that can be cut: its ssh connections then stand still, without an end, and new ones get no answer.

import { createServer, type Server, type Socket } from "node:net";
import type { Server as SshServer } from "ssh2";
import type { FileFaults } from "../processes/faults";

const LOOK_EVERY_MS = 50;

/** Listens in place of the ssh server, and hands it every connection that gets through. */
export function watchForCuts(ssh: SshServer, faults: Pick<FileFaults, "look" | "find">): Server {
  const open = new Set<Socket>();
  const waiting = new Set<Socket>();
  let isCut = false;
  const handOver = (socket: Socket): void => {
    open.add(socket);
    ssh.injectSocket(socket);
  };
  const cut = (): void => {
    for (const socket of open) {
      socket.pause();
      socket.cork();
    }
  };
  const heal = (): void => {
    for (const socket of open) {
      socket.uncork();
      socket.resume();
    }
    for (const socket of waiting) handOver(socket);
    waiting.clear();
  };
  setInterval(() => {
    faults.look();
    const wasCut = isCut;
    isCut = faults.find("network_cut") !== undefined;
    if (isCut && !wasCut) cut();
    if (!isCut && wasCut) heal();
  }, LOOK_EVERY_MS).unref();
  return createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("close", () => {
      open.delete(socket);
      waiting.delete(socket);
    });
    if (isCut) waiting.add(socket);
    else handOver(socket);
  });
}
