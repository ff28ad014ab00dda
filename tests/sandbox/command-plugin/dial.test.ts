import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { dial } from "../../../sandbox/command-plugin/dial";
import { type Connection, parseRemoteCommand } from "../../../sandbox/command-plugin/inputs";
import { runCommand } from "../../../sandbox/command-plugin/run-command";
import { createKeyPair, PASSWORD, type ShellSshServer, startShellSshServer } from "../../support/shell-ssh-server";

let server: ShellSshServer;

beforeAll(async () => {
  server = await startShellSshServer();
});

afterAll(() => server.stop());

function connection(changes: Partial<Connection>): Connection {
  const { port, hostKey } = server;
  return parseRemoteCommand({ connection: { host: "127.0.0.1", port, hostKey, dialErrorLimit: 0, ...changes } })
    .connection;
}

async function run(command: string, wanted: Connection) {
  const { client, close } = await dial(wanted, () => undefined);
  const lines: string[] = [];
  const onLine = (line: string) => lines.push(line);
  try {
    const output = await runCommand(client, {
      command,
      stdin: undefined,
      environment: {},
      onStdoutLine: onLine,
      onStderrLine: onLine,
    });
    return { ...output, lines };
  } finally {
    close();
  }
}

describe("logging in", () => {
  it("with a key, a password, or a key under a passphrase", async () => {
    const locked = createKeyPair("open sesame");
    const own = await startShellSshServer({ clientKey: locked });
    const { port, hostKey } = own;
    await run("true", connection({ privateKey: server.privateKey }));
    await run("true", connection({ password: PASSWORD }));
    await run("true", connection({ port, hostKey, privateKey: locked.private, privateKeyPassword: "open sesame" }));
    await own.stop();
  });

  it("fails with the reason when the server does not want us, or the key cannot be read", async () => {
    await expect(run("true", connection({ password: "wrong" }))).rejects.toThrow(
      "after 0 failed attempts: ssh: handshake failed: All configured authentication methods failed",
    );
    await expect(run("true", connection({ privateKey: "no key" }))).rejects.toThrow(/privateKey/);
  });
});

describe("dialing", () => {
  it("is tried again as often as allowed, and says so each time", async () => {
    const said: string[] = [];
    const refused = dial(connection({ port: 9, dialErrorLimit: 2 }), (message) => said.push(message));
    await expect(refused).rejects.toThrow(/^after 2 failed attempts: .*ECONNREFUSED/);
    expect(said).toEqual(["Dial 1/2 failed: retrying", "Dial 2/2 failed: retrying"]);
  });

  it("gives up a host that accepts the connection and then says nothing", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    await expect(dial(connection({ port, perDialTimeout: 0.05 }), () => undefined)).rejects.toThrow("Timed out");
    silent.close();
  });

  it("blames the bastion when it is the bastion", async () => {
    const proxy = { ...connection({ port: 9 }) };
    await expect(dial(connection({ proxy }), () => undefined)).rejects.toThrow(/^proxy: after 0 failed attempts: /);
  });

  it("believes any host when no host key is given, as the official plugin does", async () => {
    const { hostKey: _, ...anyHost } = connection({ password: PASSWORD });
    expect(await run("echo hi", { ...anyHost, hostKey: undefined })).toMatchObject({ stdout: "hi" });
  });
});

describe("a command's output", () => {
  const login = () => connection({ password: PASSWORD });

  it("loses one line end at the end, and its lines are told as they are", async () => {
    const { stdout, lines } = await run("printf 'a\\n\\nbü\\n\\n'", login());
    expect(stdout).toBe("a\n\nbü\n");
    expect(lines).toEqual(["a", "", "bü", ""]);
  });

  it("may be large, with lines of any length", async () => {
    const { stdout } = await run("head -c 300000 /dev/zero | tr '\\0' x", login());
    expect(stdout).toHaveLength(300_000);
  });

  it("of a command that a signal ended is in the error", async () => {
    await expect(run("echo going; kill -TERM $$", login())).rejects.toThrow(
      'Process exited with signal TERM: running "echo going; kill -TERM $$":\ngoing\n',
    );
  });
});
