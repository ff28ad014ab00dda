// Our ssh against a real ssh server on 127.0.0.1 whose commands are run by /bin/sh.

import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSshShell } from "../../../provider/adapters/ssh-shell";
import { type BmdbError, isBmdbError } from "../../../provider/errors/bmdb-error";
import type { DesiredNode, SshAccess } from "../../../provider/model/desired";
import type { Shell } from "../../../provider/ports";
import { buildDesired } from "../../support/build-cluster";
import { errorOf } from "../../support/build-run";
import { createKeyPair, type ShellSshServer, startShellSshServer } from "../../support/shell-ssh-server";
import { findClosedPort, startTcpProxy, type TcpProxy } from "../../support/tcp-proxy";

let server: ShellSshServer;
/** As long as it is there, `hang` hangs: no process outlives its test. */
let hangDir: string;
let hang: string;
const proxies: TcpProxy[] = [];
const shells: Shell[] = [];

beforeEach(async () => {
  server = await startShellSshServer();
  hangDir = mkdtempSync(join(tmpdir(), "bmdb-hang-"));
  hang = `while [ -d ${hangDir} ]; do sleep 0.05; done`;
});

afterEach(async () => {
  rmSync(hangDir, { recursive: true });
  for (const shell of shells.splice(0)) await shell.close();
  for (const proxy of proxies.splice(0)) await proxy.stop();
  await server.stop();
});

interface Shape {
  readonly port?: number;
  readonly access?: Partial<SshAccess>;
  /** Of db1; undefined: the right one. */
  readonly hostKey?: string | null;
  readonly connectTimeoutMs?: number;
}

const nodes: readonly DesiredNode[] = buildDesired({ nodes: { db1: "both", db2: "both", db3: "both" } }).nodes.map(
  (node) => ({ ...node, sshHost: "127.0.0.1" }),
);

function shellTo(shape: Shape = {}): Shell {
  const hostKey = shape.hostKey === undefined ? server.hostKey : shape.hostKey;
  const own = hostKey === null ? {} : { hostKey };
  const shell = createSshShell(
    nodes,
    {
      user: "bigmath",
      port: shape.port ?? server.port,
      privateKey: server.privateKey,
      passphrase: undefined,
      agentSocketPath: undefined,
      knownHosts: undefined,
      hosts: { db1: own, db2: own, db3: own },
      bastion: undefined,
      ...shape.access,
    },
    shape.connectTimeoutMs ?? 10_000,
  );
  shells.push(shell);
  return shell;
}

async function proxied(port = server.port): Promise<TcpProxy> {
  const proxy = await startTcpProxy(port);
  proxies.push(proxy);
  return proxy;
}

const run = (shell: Shell, command: string, options: { stdin?: string; timeoutMs?: number } = {}, node = "db1") =>
  shell.run(node, command, { timeoutMs: 10_000, ...options });

async function ours(promise: Promise<unknown>): Promise<BmdbError> {
  const error = await errorOf(promise);
  if (!isBmdbError(error)) throw error;
  return error;
}

describe("a command", () => {
  test("gives its output, its error output and its exit code", async () => {
    const result = await run(shellTo(), "echo out; echo err >&2; exit 3");
    expect(result).toEqual({ code: 3, stdout: "out\n", stderr: "err\n" });
  });

  test("that succeeds has exit code 0", async () => {
    expect(await run(shellTo(), "true")).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("that is killed has a signal and no code", async () => {
    // The parent is the shell that the server started; a killed child would be a code like any other.
    const result = await run(shellTo(), "kill -KILL $PPID");
    expect(result).toMatchObject({ code: null, signal: expect.stringMatching(/KILL/) });
  });

  test("is run by /bin/sh, whatever the user's own shell is", async () => {
    await run(shellTo(), "echo 'it''s'");
    expect(server.commands.at(-1)).toMatch(/^\/bin\/sh -c '/);
  });

  test("gets its standard input, whole and then closed", async () => {
    const stdin = `first line\n'quotes' "and" $HOME\n${"x".repeat(300_000)}\nlast`;
    expect((await run(shellTo(), "cat", { stdin })).stdout).toBe(stdin);
  });

  test("without standard input sees its end at once", async () => {
    expect((await run(shellTo(), "cat; echo end")).stdout).toBe("end\n");
  });

  test("may be several lines with any characters", async () => {
    expect((await run(shellTo(), "a='it is'\nprintf '%s|' \"$a\" 'ü\t\\n'")).stdout).toBe("it is|ü\t\\n|");
  });

  test("whose output splits a character over two chunks is read right", async () => {
    // The bytes of "€" arrive one by one.
    const command = 'for byte in 342 202 254; do printf "\\\\$byte"; sleep 0.05; done';
    expect((await run(shellTo(), command)).stdout).toBe("€");
  });
});

describe("connections", () => {
  test("many commands on one host share one, even at the same time", async () => {
    const proxy = await proxied();
    const shell = shellTo({ port: proxy.port });
    const results = await Promise.all(["1", "2", "3", "4", "5"].map((word) => run(shell, `echo ${word}`)));
    await run(shell, "echo 6");
    expect(results.map((result) => result.stdout)).toEqual(["1\n", "2\n", "3\n", "4\n", "5\n"]);
    expect(proxy.connectionCount()).toBe(1);
  });

  test("every host has its own", async () => {
    const proxy = await proxied();
    const shell = shellTo({ port: proxy.port });
    await Promise.all(["db1", "db2", "db3"].map((node) => run(shell, "true", {}, node)));
    expect(proxy.connectionCount()).toBe(3);
  });

  test("one that was lost is made anew by the next command", async () => {
    const proxy = await proxied();
    const shell = shellTo({ port: proxy.port });
    await run(shell, "true");
    const lost = ours(run(shell, hang));
    await untilHanging();
    proxy.cut();
    await lost;
    expect((await run(shell, "echo again")).stdout).toBe("again\n");
    await run(shell, "true");
    expect(proxy.connectionCount()).toBe(2);
  });

  test("one that could not be made is tried anew by the next command", async () => {
    const port = await findClosedPort();
    const shell = shellTo({ port });
    expect((await ours(run(shell, "true"))).code).toBe("HostUnreachable");
    expect((await ours(run(shell, "true"))).code).toBe("HostUnreachable");
  });

  test("a node that the program does not name is our own mistake", async () => {
    await expect(run(shellTo(), "true", {}, "db9")).rejects.toThrow("unknown node db9");
  });

  test("close ends them, twice without harm", async () => {
    const shell = shellTo();
    await run(shell, "true");
    await shell.close();
    await shell.close();
    // stop() in afterEach waits for the server's connections, so a forgotten one would hang there.
  });
});

async function untilHanging(): Promise<void> {
  while (!server.commands.some((each) => each.includes(hangDir))) await new Promise((resolve) => setImmediate(resolve));
}

describe("host keys", () => {
  const other = createKeyPair().public.split(" ").slice(0, 2).join(" ");

  async function expectRefused(shell: Shell, code: string): Promise<BmdbError> {
    const error = await ours(run(shell, "touch /never"));
    expect(error.code).toBe(code);
    expect(error.text.why).toContain("No command and no password was sent.");
    expect(server.loginCount()).toBe(0);
    expect(server.commands).toEqual([]);
    return error;
  }

  test("a host without a known key is refused before any login is tried", async () => {
    const error = await expectRefused(shellTo({ hostKey: null }), "HostKeyUnknown");
    expect(error.text.what).toMatch(/^db1 \(127\.0\.0\.1:\d+\) offered the host key ssh-ed25519 SHA256:/);
    expect(error.text.next).toContain("ssh.hosts.db1.hostKey");
  });

  test("a host whose key is another one is refused before any login is tried", async () => {
    const error = await expectRefused(shellTo({ hostKey: other }), "HostKeyChanged");
    expect(error.text.what).toMatch(/offered ssh-ed25519 SHA256:\S+; ssh-ed25519 SHA256:\S+ .* is expected\.$/);
  });

  test("a key for another port in known_hosts does not make the host known", async () => {
    const knownHosts = `127.0.0.1 ${server.hostKey}\n`;
    await expectRefused(shellTo({ hostKey: null, access: { knownHosts } }), "HostKeyUnknown");
  });

  test("the right key in known_hosts makes the host known", async () => {
    const knownHosts = `[127.0.0.1]:${server.port} ${server.hostKey}\n`;
    const result = await run(shellTo({ hostKey: null, access: { knownHosts } }), "echo in");
    expect(result.stdout).toBe("in\n");
  });

  test("a revoked key is refused even when the program names it", async () => {
    const knownHosts = `@revoked * ${server.hostKey}\n`;
    await expectRefused(shellTo({ access: { knownHosts } }), "HostKeyChanged");
  });
});

describe("what stands in the way", () => {
  test("a key that the host does not want is a refused login", async () => {
    const error = await ours(run(shellTo({ access: { privateKey: createKeyPair().private } }), "true"));
    expect(error.text).toMatchObject({
      code: "SshLoginRefused",
      what: expect.stringContaining("refused the login of bigmath"),
    });
    expect(server.commands).toEqual([]);
  });

  test("a key that cannot be read is told without the key", async () => {
    const error = await ours(run(shellTo({ access: { privateKey: "-----BEGIN nothing-----\nc2VjcmV0\n" } }), "true"));
    expect(error.code).toBe("HostUnreachable");
    expect(`${error.text.what} ${error.text.next}`).not.toContain("c2VjcmV0");
  });

  test("where nobody listens the host is unreachable, and no command was sent", async () => {
    const port = await findClosedPort();
    const error = await ours(run(shellTo({ port }), "true"));
    expect(error.text).toMatchObject({
      code: "HostUnreachable",
      what: expect.stringContaining(`No ssh connection to db1 (127.0.0.1:${port}): connect ECONNREFUSED`),
      next: expect.stringMatching(/^No command was sent there\./),
      evidence: { node: "db1", address: `127.0.0.1:${port}` },
    });
  });

  test("a host that accepts and says nothing is unreachable after the limit", async () => {
    const mute = createServer((socket) => socket.on("error", () => undefined).resume()).listen(0, "127.0.0.1");
    await once(mute, "listening");
    const { port } = mute.address() as AddressInfo;
    const error = await ours(run(shellTo({ port, connectTimeoutMs: 200 }), "true"));
    expect(error.code).toBe("HostUnreachable");
    await new Promise((resolve) => mute.close(resolve));
  });

  test("a connection that is lost during a command says that a command was under way", async () => {
    const proxy = await proxied();
    const shell = shellTo({ port: proxy.port });
    const lost = ours(run(shell, `echo begun; ${hang}`));
    await untilHanging();
    proxy.cut();
    const error = await lost;
    expect(error.text).toMatchObject({
      code: "HostUnreachable",
      what: expect.stringContaining(`The ssh connection to db1 (127.0.0.1:${proxy.port}) was lost`),
      why: "A command was under way there; what it did is not known.",
    });
    expect(error.text.next).not.toContain("No command was sent");
  });

  test("one that is lost before the host has answered to the command says so too", async () => {
    const losing = await startShellSshServer({ isLostAtCommand: true });
    const shell = shellTo({ port: losing.port, hostKey: losing.hostKey, access: { privateKey: losing.privateKey } });
    const error = (await errorOf(shell.run("db1", "true", { timeoutMs: 10_000 }))) as BmdbError;
    expect(losing.commands).toHaveLength(1);
    expect(error.text.evidence).toMatchObject({ node: "db1", isSent: true });
    await losing.stop();
  });

  test("a command that takes too long says so, and the connection goes on to serve", async () => {
    const proxy = await proxied();
    const shell = shellTo({ port: proxy.port });
    const error = await ours(run(shell, `echo 'it hangs' >&2; ${hang}`, { timeoutMs: 1_500 }));
    expect(error.text).toMatchObject({
      code: "CommandTimedOut",
      what: expect.stringMatching(/^A command on db1 \(.*\) gave no result within 1\.5 s\.$/),
      output: "it hangs",
    });
    expect((await run(shell, "echo still here")).stdout).toBe("still here\n");
    expect(proxy.connectionCount()).toBe(1);
  });

  test("what a command printed before its limit stays out of the error, for it may be an environment", async () => {
    const error = await ours(run(shellTo(), `echo hunter | tr a-z A-Z; ${hang}`, { timeoutMs: 1_500 }));
    expect(error.code).toBe("CommandTimedOut");
    expect(JSON.stringify(error.text)).not.toContain("HUNTER");
  });
});

describe("through a bastion", () => {
  let bastion: ShellSshServer;
  beforeEach(async () => {
    bastion = await startShellSshServer();
  });
  afterEach(async () => {
    for (const shell of shells.splice(0)) await shell.close();
    await bastion.stop();
  });

  const behind = (more: Partial<NonNullable<SshAccess["bastion"]>> = {}): Shape => ({
    access: {
      bastion: {
        host: "127.0.0.1",
        port: bastion.port,
        user: "jump",
        privateKey: bastion.privateKey,
        hostKey: bastion.hostKey,
        ...more,
      },
    },
  });

  test("commands reach the host, and none is run on the bastion", async () => {
    expect((await run(shellTo(behind()), "echo there")).stdout).toBe("there\n");
    expect(bastion.commands).toEqual([]);
    expect(server.commands).toHaveLength(1);
  });

  test("all hosts share one connection to it, because an sshd refuses many logins at once", async () => {
    const way = await proxied(bastion.port);
    const shell = shellTo(behind({ port: way.port }));
    const results = await Promise.all(["db1", "db2", "db3"].map((node) => run(shell, `echo ${node}`, {}, node)));
    expect(results.map((result) => result.stdout)).toEqual(["db1\n", "db2\n", "db3\n"]);
    expect(way.connectionCount()).toBe(1);
  });

  test("a lost connection to it is made anew by the next command", async () => {
    const way = await proxied(bastion.port);
    const shell = shellTo(behind({ port: way.port }));
    await run(shell, "true");
    const lost = ours(run(shell, hang));
    await untilHanging();
    way.cut();
    expect((await lost).code).toBe("HostUnreachable");
    expect((await run(shell, "echo again")).stdout).toBe("again\n");
    expect(way.connectionCount()).toBe(2);
  });

  test("the host's key is verified behind the bastion as well", async () => {
    const error = await ours(run(shellTo({ ...behind(), hostKey: null }), "true"));
    expect(error.text).toMatchObject({ code: "HostKeyUnknown", what: expect.stringMatching(/^db1 /) });
    expect(server.loginCount()).toBe(0);
  });

  test("an unknown bastion is refused before any login, and the text names its setting", async () => {
    const error = await ours(run(shellTo(behind({ hostKey: undefined })), "true"));
    expect(error.text).toMatchObject({
      code: "HostKeyUnknown",
      what: expect.stringMatching(/^ssh\.bastion /),
      next: expect.stringContaining("add the key to ssh.knownHosts or ssh.bastion.hostKey."),
    });
    expect(bastion.loginCount()).toBe(0);
    expect(server.loginCount()).toBe(0);
  });

  test("a host that the bastion does not reach is unreachable", async () => {
    const port = await findClosedPort();
    const error = await ours(run(shellTo({ ...behind(), port }), "true"));
    expect(error.code).toBe("HostUnreachable");
    expect(server.commands).toEqual([]);
  });
});
