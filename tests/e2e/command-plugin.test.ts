// The stand-in for the plugin of @pulumi/command, driven by the real engine against an ssh server on this machine.

import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { STAND_IN_NOTICE } from "../../sandbox/command-plugin/provider";
import { PASSWORD, type ShellSshServer, startShellSshServer } from "../support/shell-ssh-server";
import { createPulumiStack, type OperationResult, type TestStack } from "./harness";

let server: ShellSshServer;
let stack: TestStack;

beforeEach(async () => {
  server = await startShellSshServer();
  stack = await createPulumiStack({ isCommandStandInForced: true });
});

afterEach(async () => {
  await stack.remove();
  await server.stop();
});

type Connection = Exclude<remote.CommandArgs["connection"], Promise<unknown> | pulumi.Output<unknown>>;

function connection(changes: Partial<Connection> = {}): Connection {
  const { port, privateKey, hostKey } = server;
  return { host: "127.0.0.1", user: "me", port, privateKey, hostKey, dialErrorLimit: 1, ...changes };
}

function up(args: Partial<remote.CommandArgs>): Promise<OperationResult> {
  return stack.up({
    program: async () => {
      const { stdout, stderr } = new remote.Command("stage", { connection: connection(), ...args });
      return { stdout, stderr };
    },
  });
}

it("runs create with stdin and environment, keeps what it printed, and says that it is a stand-in", async () => {
  const create = 'echo "$GREETING $(cat)"; echo careful >&2';
  const result = await up({ create, stdin: "world", environment: { GREETING: "hello" } });

  expect(result).toMatchObject({
    isOk: true,
    outputs: { stdout: { value: "hello world" }, stderr: { value: "careful" } },
  });
  expect(server.commands).toEqual([create]);
  const messages = result.diagnostics.map(({ message }) => message);
  expect(messages.filter((message) => message === STAND_IN_NOTICE)).toHaveLength(1);
  expect(result.diagnostics).toContainEqual(expect.objectContaining({ message: "hello world", isEphemeral: true }));
});

it("keeps the whole connection out of the state, and the output of a secret command too", async () => {
  await up({ create: pulumi.secret("echo a-derived-password") });

  const state = JSON.stringify(await stack.exportState());
  expect(state).not.toContain("PRIVATE KEY");
  expect(state).not.toContain("a-derived-password");
  const [command] = (await stack.exportState()).filter(({ type }) => type === "command:remote:Command");
  expect(Object.keys(command?.outputs?.["connection"] ?? {})).toContain("ciphertext");
});

it("connects to nothing in a preview", async () => {
  const preview = await stack.preview({
    program: async () => {
      new remote.Command("stage", { connection: connection({ port: 1 }), create: "true" });
    },
  });
  expect(preview).toMatchObject({ isOk: true, changes: { create: 2 } });
});

it("does nothing when nothing changed, and runs create again when only the connection did", async () => {
  await up({ create: "echo staged" });
  expect(await up({ create: "echo staged" })).toMatchObject({ changes: { same: 2 } });
  expect(server.commands).toHaveLength(1);

  const { privateKey: _, ...others } = connection();
  const changed = await up({ create: "echo staged", connection: { ...others, password: PASSWORD } });
  expect(changed).toMatchObject({ isOk: true, changes: { update: 1, same: 1 } });
  expect(server.commands).toEqual(["echo staged", "echo staged"]);
});

it("runs update instead of create when there is one, with the previous output at hand", async () => {
  await up({ create: "echo first" });
  const changed = await up({ create: "echo first", update: "echo after $PULUMI_COMMAND_STDOUT" });
  expect(changed.outputs["stdout"]?.value).toBe("after first");
});

it("replaces on changed triggers: the new create first, the old delete last", async () => {
  await up({ create: "echo new 1", delete: "echo old 1", triggers: ["1"] });
  const replaced = await up({ create: "echo new 2", delete: "echo old 2", triggers: ["2"] });
  expect(replaced.changes).toMatchObject({ replace: 1 });
  expect(server.commands).toEqual(["echo new 1", "echo new 2", "echo old 1"]);
});

it("runs delete on destroy", async () => {
  await up({ create: "echo made", delete: 'test "$PULUMI_COMMAND_STDOUT" = made' });
  expect(await stack.destroy()).toMatchObject({ isOk: true });
  expect(server.commands).toHaveLength(2);
});

it("tells a wrong host key from a right one before it logs in or sends anything", async () => {
  const other = await startShellSshServer();
  const refused = await up({ create: "echo never", connection: connection({ hostKey: other.hostKey }) });
  await other.stop();

  expect(refused.isOk).toBe(false);
  expect(refused.text).toContain("Dial 1/1 failed: retrying");
  expect(refused.text).toContain("after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch");
  expect(server.commands).toEqual([]);
  expect(server.loginCount()).toBe(0);
});

it("gives the whole text of a failed command and all that it printed as the error", async () => {
  const failed = await up({ create: 'echo out\necho "no room" >&2\nexit 3' });
  expect(failed.isOk).toBe(false);
  expect(failed.text).toContain(
    String.raw`error: Process exited with status 3: running "echo out\necho \"no room\" >&2\nexit 3":`,
  );
  expect(failed.text).toMatch(/:\n\s+(out\n\s+no room|no room\n\s+out)\n/);
  expect((await stack.exportState()).map(({ type }) => type)).not.toContain("command:remote:Command");
});

it("goes through a bastion", async () => {
  const bastion = await startShellSshServer();
  const { port, privateKey, hostKey } = bastion;
  const proxy = { host: "127.0.0.1", user: "me", port, privateKey, hostKey, dialErrorLimit: 1 };
  const result = await up({ create: "echo behind", connection: connection({ proxy }) });
  await bastion.stop();

  expect(result.outputs["stdout"]?.value).toBe("behind");
  expect(bastion.loginCount()).toBeGreaterThan(0);
  expect(bastion.commands).toEqual([]);
});

it("names a bad input without printing the connection", async () => {
  const refused = await up({ create: "true", connection: connection({ port: 22.5 }) });
  expect(refused.isOk).toBe(false);
  expect(refused.text).toContain("resource 'stage' has a problem: connection.port:");
  expect(refused.text).not.toContain("PRIVATE KEY");
});
