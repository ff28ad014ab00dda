// The same pages when they are asked from their own hosts, over a real ssh connection on 127.0.0.1.

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createSshShell, type SshShell } from "../../../provider/adapters/ssh-shell";
import { createWebPages } from "../../../provider/adapters/undici-pages";
import type { WebPages } from "../../../provider/ports";
import { buildDesired } from "../../support/build-cluster";
import { type ShellSshServer, startShellSshServer } from "../../support/shell-ssh-server";

let server: Server;
let ssh: ShellSshServer;
let shell: SshShell;
let pages: WebPages;
let answer: (socket: Socket) => void;
const sockets = new Set<Socket>();

beforeEach(async () => {
  ssh = await startShellSshServer();
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("data", () => answer(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const desired = buildDesired();
  shell = createSshShell(
    desired.nodes.slice(0, 1).map((node) => ({ ...node, host: "127.0.0.1", sshHost: "127.0.0.1" })),
    { ...desired.ssh, port: ssh.port, privateKey: ssh.privateKey, hosts: { db1: { hostKey: ssh.hostKey } } },
    10_000,
  );
  pages = createWebPages({ ca: undefined }, shell.dial);
});

afterEach(async () => {
  await pages.close();
  await shell.close();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await ssh.stop();
  await new Promise((resolve) => server.close(resolve));
});

const get = (timeoutMs = 10_000) =>
  pages.get(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/version`, { timeoutMs });
const says = (text: string, then: "end" | "stay" = "stay"): void => {
  answer = (socket) => {
    if (then === "end") socket.end(text);
    else socket.write(text);
  };
};

test("pages come one after the other over one login", async () => {
  says('HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"a":"\u00fcber\n"}\n');
  const whole = { kind: "answer", status: 200, body: '{"a":"über\n"}\n' };
  expect(await get()).toEqual(whole);
  const loginCount = ssh.loginCount();
  expect(await get()).toEqual(whole);
  expect(await Promise.all([get(), get(), get()])).toEqual([whole, whole, whole]);
  expect(ssh.loginCount()).toBe(loginCount);
});

test("BMDB's bare 503, half a body and a connection without a word are closed", async () => {
  says("HTTP/1.1 503 Service Unavailable\r\n", "end");
  expect(await get()).toEqual({ kind: "closed" });
  says('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"masters":[', "end");
  expect(await get()).toEqual({ kind: "closed" });
  says("", "end");
  expect(await get()).toEqual({ kind: "closed" });
});

test("a server that says nothing is a time-out with its limit", async () => {
  answer = () => undefined;
  expect(await get(1_000)).toEqual({ kind: "timeout", afterMs: 1_000 });
});

test("an address that is no node's is a failure, and nothing is asked", async () => {
  expect(await pages.get("http://127.0.0.2:1/", { timeoutMs: 10_000 })).toEqual({
    kind: "failed",
    message: "no node has the address 127.0.0.2",
  });
});

test.each([
  ["(SSH) Channel open failure: Connection refused", "refused"],
  ["(SSH) Channel open failure: connect failed: Connection refused", "refused"],
  ["(SSH) Channel open failure: open failed", "failed"],
  ["(SSH) Channel open failure: administratively prohibited", "failed"],
])("where sshd answers %j the process counts as %s", async (message, kind) => {
  const through = createWebPages({ ca: undefined }, () => Promise.reject(new Error(message)));
  expect((await through.get("http://127.0.0.1:1/", { timeoutMs: 10_000 })).kind).toBe(kind);
  await through.close();
});

test("a host that cannot be logged in to is a failure, never a process that is down", async () => {
  await shell.close();
  const wrong = createSshShell(
    buildDesired().nodes.map((node) => ({ ...node, host: "127.0.0.1", sshHost: "127.0.0.1" })),
    { ...buildDesired().ssh, port: ssh.port, privateKey: ssh.privateKey },
    10_000,
  );
  const through = createWebPages({ ca: undefined }, wrong.dial);
  expect((await through.get("http://127.0.0.1:1/", { timeoutMs: 10_000 })).kind).toBe("failed");
  await through.close();
  await wrong.close();
});
