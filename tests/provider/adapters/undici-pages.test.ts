// Each way in which an answer comes, or does not, from a raw server on 127.0.0.1 that says exactly what a test says.

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createWebPages } from "../../../provider/adapters/undici-pages";
import type { WebPages } from "../../../provider/ports";
import { findClosedPort } from "../../support/tcp-proxy";

let server: Server;
let sockets: Set<Socket>;
let requests: string[];
let answer: (socket: Socket) => void;
let pages: WebPages;

beforeEach(async () => {
  sockets = new Set();
  requests = [];
  pages = createWebPages({ ca: undefined });
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      requests.push(data.toString());
      answer(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterEach(async () => {
  await pages.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

const get = (path = "/api/v1/version", timeoutMs = 5_000) =>
  pages.get(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { timeoutMs });
const says = (text: string | Buffer, then: "end" | "stay" = "end"): void => {
  answer = (socket) => {
    if (then === "end") socket.end(text);
    else socket.write(text);
  };
};

test("a page is an answer with its status and its body", async () => {
  says('HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"a":"\u00fcber\n"}\n', "stay");
  expect(await get()).toEqual({ kind: "answer", status: 200, body: '{"a":"über\n"}\n' });
  expect(requests[0]).toMatch(/^GET \/api\/v1\/version HTTP\/1\.1\r\n/);
});

test("a page that is missing is an answer too", async () => {
  says("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nError 404", "stay");
  expect(await get()).toEqual({ kind: "answer", status: 404, body: "Error 404" });
});

test("a body without a length ends with the connection", async () => {
  says("HTTP/1.1 200 OK\r\n\r\nwhole");
  expect(await get()).toEqual({ kind: "answer", status: 200, body: "whole" });
});

test("bytes that are no UTF-8 do not lose the page", async () => {
  says(
    Buffer.concat([
      Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"),
      Buffer.from([0xff]),
      Buffer.from("b"),
    ]),
  );
  expect(await get()).toEqual({ kind: "answer", status: 200, body: "a\ufffdb" });
});

test("where nobody listens the answer is refused", async () => {
  const port = await findClosedPort();
  expect(await pages.get(`http://127.0.0.1:${port}/`, { timeoutMs: 5_000 })).toEqual({ kind: "refused" });
});

test("BMDB's bare 503 is closed", async () => {
  says("HTTP/1.1 503 Service Unavailable\r\n");
  expect(await get()).toEqual({ kind: "closed" });
});

test("a whole 503 is an answer", async () => {
  says("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  expect(await get()).toEqual({ kind: "answer", status: 503, body: "" });
});

test("a connection that is closed or reset without a word is closed", async () => {
  answer = (socket) => socket.end();
  expect(await get()).toEqual({ kind: "closed" });
  answer = (socket) => socket.resetAndDestroy();
  expect(await get()).toEqual({ kind: "closed" });
});

test("half a body is closed, never an answer", async () => {
  says('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"masters":[');
  expect(await get()).toEqual({ kind: "closed" });
  says('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{"masters":[\r\n');
  expect(await get()).toEqual({ kind: "closed" });
});

test("a body that is garbled on the way is a failure, never an answer", async () => {
  says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n");
  expect(await get()).toEqual({ kind: "failed", message: expect.stringContaining("chunk size") });
});

test("what is not HTTP is a failure with its message, and not BMDB's 503", async () => {
  says("SSH-2.0-OpenSSH_9.2\r\n");
  expect(await get()).toEqual({ kind: "failed", message: expect.stringContaining("HTTP") });
});

test("a server that says nothing is a time-out with its limit", async () => {
  answer = () => undefined;
  expect(await get("/", 150)).toEqual({ kind: "timeout", afterMs: 150 });
});

test("a body that does not go on is a time-out too", async () => {
  says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "stay");
  expect(await get("/", 150)).toEqual({ kind: "timeout", afterMs: 150 });
});

test("a name that does not resolve, or a url that is none, is a failure with its message", async () => {
  expect(await pages.get("http://no-such-host.invalid:1/", { timeoutMs: 5_000 })).toMatchObject({ kind: "failed" });
  expect(await pages.get("nonsense", { timeoutMs: 5_000 })).toMatchObject({ kind: "failed" });
});

test("a server that was restarted behind a kept connection is asked again on a new one", async () => {
  says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold", "stay");
  await get();
  for (const socket of sockets) socket.destroy();
  says("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew", "stay");
  await new Promise((resolve) => setImmediate(resolve));
  expect(await get()).toEqual({ kind: "answer", status: 200, body: "new" });
});

test("after close a page cannot be read any more, and nothing is raised", async () => {
  await pages.close();
  expect((await get()).kind).toBe("failed");
});
