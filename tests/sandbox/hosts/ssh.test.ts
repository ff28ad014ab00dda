import { createServer } from "node:net";
import { join } from "node:path";
import { readEvents } from "../../../sandbox/events";
import { createKeyPair } from "../../../sandbox/hosts/keys";
import { connectTo, runOver, type SshResult } from "./ssh-run";
import { startTwoHosts, type TwoHosts } from "./two-hosts";

describe.each(["builtin", "openssh"] as const)("the %s ssh server of a host", (kind) => {
  let hosts: TwoHosts;
  beforeAll(async () => {
    hosts = await startTwoHosts(kind);
  });
  afterAll(() => hosts?.stop());

  const ssh = async (command: string, options: { stdin?: string; signal?: string } = {}): Promise<SshResult> => {
    const client = await connectTo(hosts.db1, hosts.privateKey);
    try {
      return await runOver(client, command, options);
    } finally {
      client.end();
    }
  };

  test("a command's output, errors and exit code come back", async () => {
    expect(await ssh("echo out; echo err >&2; exit 7")).toMatchObject({ code: 7, stdout: "out\n", stderr: "err\n" });
  });

  test("a command reads the standard input it is sent, whole", async () => {
    const stdin = "0123456789abcdef".repeat(40_000);
    expect(await ssh("cat", { stdin })).toMatchObject({ code: 0, stdout: stdin });
  });

  test("a signal sent over ssh reaches the command, and its end tells so; OpenSSH passes none to a forced command", async () => {
    const command = "echo ready; (sleep 1; kill $$) >/dev/null 2>&1 & exec cat >/dev/null";
    const sent = performance.now();
    const result = await ssh(command, { signal: "TERM" });
    expect(result).toMatchObject({ code: undefined, stdout: "ready\n" });
    expect(result.signal).toMatch(/TERM$/);
    if (kind === "builtin") expect(performance.now() - sent).toBeLessThan(900);
  });

  test("a host has its own home and environment, and nothing of the caller's", async () => {
    const { stdout } = await ssh("pwd; env");
    const [cwd, ...variables] = stdout.trimEnd().split("\n");
    expect(cwd).toBe(hosts.db1.home);
    const names = variables.map((line) => line.split("=")[0]);
    expect(names.sort()).toEqual([
      "BMDB_SANDBOX_FAULTS",
      "BMDB_SANDBOX_HOST",
      "BMDB_SANDBOX_ID",
      "BMDB_SANDBOX_ROOT",
      "BMDB_SANDBOX_RUNTIME",
      "HOME",
      "LANG",
      "LOGNAME",
      "PATH",
      "PWD",
      "SHELL",
      "USER",
    ]);
    expect(variables).toContain("USER=bigmath");
    expect(variables).toContain(`HOME=${hosts.db1.home}`);
  });

  test("a channel stays open while a background process holds its output, and closes when it lets go", async () => {
    const result = await ssh(
      "(while [ ! -e go ]; do sleep 0.05; done; echo late) & echo early; (sleep 0.2; touch go) >/dev/null 2>&1 &",
    );
    expect(result).toMatchObject({ code: 0, stdout: "early\nlate\n" });
  });

  test("a detached process does not hold the channel", async () => {
    const started = performance.now();
    expect(await ssh("setsid sleep 600 >/dev/null 2>&1 </dev/null &")).toMatchObject({ code: 0 });
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("another key is refused", async () => {
    const stranger = createKeyPair(join(hosts.paths.root, "stranger")).privateKey;
    await expect(connectTo(hosts.db1, stranger)).rejects.toThrow(/authentication/i);
  });

  test("another user is refused", async () => {
    await expect(connectTo(hosts.db1, hosts.privateKey, { username: "nobody" })).rejects.toThrow(/authentication/i);
  });

  test("every host has its own host key, and a client that expects another one sends nothing", async () => {
    expect(hosts.db1.hostKey).not.toBe(hosts.db2.hostKey);
    const before = (await readEvents(hosts.paths.events)).length;
    await expect(connectTo({ ...hosts.db1, hostKey: hosts.db2.hostKey }, hosts.privateKey)).rejects.toThrow(/host/i);
    expect(await readEvents(hosts.paths.events)).toHaveLength(before);
  });

  test("a command is an event, cut to 200 characters, with its special characters kept", async () => {
    const command = `echo "a\\tb" 'ü' # ${"x".repeat(300)}`;
    await ssh(`true\n${command}`);
    const events = await readEvents(hosts.paths.events);
    const expected = `true\n${command}`.replace("ü", "??").slice(0, 200);
    expect(events.at(-1)).toMatchObject({ host: "db1", event: "command", command: expected });
  });

  test("a host serves as a bastion to an address of this machine", async () => {
    const server = createServer((socket) => socket.end("behind the bastion"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const client = await connectTo(hosts.db1, hosts.privateKey);
    try {
      const said = await new Promise<string>((resolve, reject) => {
        client.forwardOut("127.0.0.1", 0, "127.0.0.1", port, (error, channel) => {
          if (error) return reject(error);
          let text = "";
          channel.on("data", (chunk: Buffer) => {
            text += chunk.toString();
          });
          channel.on("end", () => channel.end());
          channel.on("close", () => resolve(text));
        });
      });
      expect(said).toBe("behind the bastion");
    } finally {
      client.end();
      server.close();
    }
  });

  test("twenty commands at once on one connection all come back", async () => {
    const client = await connectTo(hosts.db1, hosts.privateKey);
    try {
      const numbers = Array.from({ length: 20 }, (_, index) => index);
      const results = await Promise.all(numbers.map((number) => runOver(client, `echo ${number}; exit ${number}`)));
      expect(results.map(({ code, stdout }) => [code, stdout])).toEqual(
        numbers.map((number) => [number, `${number}\n`]),
      );
    } finally {
      client.end();
    }
  });
});
