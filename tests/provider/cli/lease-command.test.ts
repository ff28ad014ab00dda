// `pulumi-bmdb lease` against three hosts on this machine, over real ssh.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { addLeaseCommands } from "../../../provider/cli/lease-command";
import { parseHost } from "../../../provider/cli/lease-hosts";
import { buildGuard } from "../../../provider/lease/lease-commands";
import { type LeaseRecord, parseRecord, renderRecord } from "../../../provider/model/lease-record";
import { createLocalShell } from "../../support/local-shell";
import { createKeyPair, type ShellSshServer, startShellSshServer } from "../../support/shell-ssh-server";

let dir: string;
const servers: ShellSshServer[] = [];
const clientKey = createKeyPair();
const home = (index: number) => join(dir, `home${index}`);
const leaseFile = (index: number) => join(home(index), ".pulumi-bmdb/lease");

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "bmdb-lease-cli-"));
  for (let index = 0; index < 3; index += 1) {
    mkdirSync(join(home(index), ".pulumi-bmdb"), { recursive: true });
    servers.push(await startShellSshServer({ clientKey, env: { HOME: home(index) } }));
  }
  writeFileSync(join(dir, "key"), clientKey.private, { mode: 0o600 });
  writeFileSync(
    join(dir, "known_hosts"),
    servers.map(({ port, hostKey }) => `[127.0.0.1]:${port} ${hostKey}\n`).join(""),
  );
});
beforeEach(() => {
  for (let index = 0; index < 3; index += 1) rmSync(leaseFile(index), { force: true });
});
afterAll(async () => {
  for (const server of servers) await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

const held: LeaseRecord = {
  state: "held",
  epoch: 7,
  beat: 12,
  termMs: 60_000,
  owner: { stack: "shop/prod", host: "laptop-7", person: "ada", runId: "run-1", since: "2026-11-23T22:32:01.000Z" },
};
const hostOptions = () => [
  ...servers.flatMap(({ port }) => ["--host", `bigmath@127.0.0.1:${port}`]),
  ...["--identity", join(dir, "key"), "--known-hosts", join(dir, "known_hosts")],
];
/** What it prints, or the error that it ends with. */
async function lease(verb: string, ...options: string[]): Promise<string> {
  const printed: string[] = [];
  const program = new Command("pulumi-bmdb").exitOverride().configureOutput({ writeErr: () => undefined });
  addLeaseCommands(program, (text) => printed.push(text));
  try {
    await program.parseAsync(["lease", verb, ...options], { from: "user" });
    return printed.join("\n");
  } catch (error) {
    return `${printed.join("\n")}\n${error instanceof Error ? error.message : String(error)}`;
  }
}
const name = (index: number) => `127.0.0.1:${servers[index]?.port}`;

test("show says who holds it, by host, and changes nothing", async () => {
  for (const index of [0, 1]) writeFileSync(leaseFile(index), `${renderRecord(held)}\n`);
  const whose = "shop/prod (ada on laptop-7), run run-1, since 2026-11-23T22:32:01.000Z by its own clock";
  expect((await lease("show", ...hostOptions())).split("\n").map((line) => line.replace(/ +/g, " "))).toEqual([
    `${name(0)} held epoch 7 renewal 12 term 60 s ${whose}`,
    `${name(1)} held epoch 7 renewal 12 term 60 s ${whose}`,
    `${name(2)} nothing lies there`,
    "",
    "Held by shop/prod (ada on laptop-7) on 2 of 3 hosts.",
  ]);
  expect(readFileSync(leaseFile(0), "utf8")).toBe(`${renderRecord(held)}\n`);
});

test("show says that nobody holds it, and which host was not reached and why", async () => {
  writeFileSync(leaseFile(0), `${renderRecord({ ...held, state: "free" })}\n`);
  const shown = await lease("show", ...hostOptions(), "--host", "bigmath@127.0.0.1:1");
  expect(shown).toMatch(/free {2}epoch 7 {2}last: shop\/prod/);
  expect(shown).toMatch(/^127\.0\.0\.1:1 .*not reached: No ssh connection/m);
  expect(shown).toContain("Nobody holds the lease on the hosts that answered.");
});

test("break takes it away: an epoch above, free for the next run, and the former owner is refused", async () => {
  for (const index of [0, 1, 2]) writeFileSync(leaseFile(index), `${renderRecord(held)}\n`);
  const text = await lease("break", ...hostOptions(), "--yes");
  expect(text).toContain("Held by shop/prod (ada on laptop-7) on 3 of 3 hosts.");
  expect(text).toContain(`The lease is free, epoch 8, on ${name(0)}, ${name(1)}, ${name(2)}.`);
  for (const index of [0, 1, 2])
    expect(parseRecord(readFileSync(leaseFile(index), "utf8")).record).toMatchObject({ state: "free", epoch: 8 });
  const guarded = `${buildGuard(held)}touch "$HOME/changed"`;
  expect((await createLocalShell(home(0)).run("db1", guarded, { timeoutMs: 5_000 })).code).toBe(76);
});

test("break changes nothing without a yes, and says how to say it where there is no terminal", async () => {
  writeFileSync(leaseFile(0), `${renderRecord(held)}\n`);
  expect(await lease("break", ...hostOptions())).toContain("there is no terminal to ask on; give --yes");
  expect(readFileSync(leaseFile(0), "utf8")).toBe(`${renderRecord(held)}\n`);
});

test("break takes it only from the owner that was shown: another one, who came meanwhile, is shown and asked about", async () => {
  for (const index of [0, 1, 2]) writeFileSync(leaseFile(index), `${renderRecord(held)}\n`);
  // The same epoch as the broken lease would have: of two who looked at the same time.
  const bob: LeaseRecord = { ...held, epoch: 8, owner: { ...held.owner, person: "bob", runId: "run-2" } };
  const asked: string[] = [];
  const printed: string[] = [];
  const program = new Command("pulumi-bmdb").exitOverride();
  addLeaseCommands(
    program,
    (text) => printed.push(text),
    async (question) => {
      asked.push(question);
      if (asked.length > 1) return false;
      writeFileSync(leaseFile(0), `${renderRecord(bob)}\n`);
      writeFileSync(leaseFile(1), `${renderRecord({ ...held, beat: 13 })}\n`);
      return true;
    },
  );
  await program.parseAsync(["lease", "break", ...hostOptions()], { from: "user" });
  expect(asked).toHaveLength(2);
  expect(printed.join("\n")).toContain(`Another owner came meanwhile on ${name(0)}, and keeps it there:`);
  expect(printed.at(-2)).toContain("Held by shop/prod (bob on laptop-7) on 1 of 3 hosts.");
  expect(printed.at(-1)).toBe("Nothing more was changed.");
  expect(readFileSync(leaseFile(0), "utf8")).toBe(`${renderRecord(bob)}\n`);
  for (const index of [1, 2])
    expect(parseRecord(readFileSync(leaseFile(index), "utf8")).record).toMatchObject({ state: "free", epoch: 8 });
});

test("break needs a majority of the hosts that are named", async () => {
  writeFileSync(leaseFile(0), `${renderRecord(held)}\n`);
  const dead = ["1", "2", "3", "4"].flatMap((port) => ["--host", `bigmath@127.0.0.1:${port}`]);
  const text = await lease("break", ...hostOptions(), ...dead, "--yes");
  expect(text).toContain("LeaseUnreachable");
  expect(readFileSync(leaseFile(0), "utf8")).toBe(`${renderRecord(held)}\n`);
});

test("a host whose key is not known gets no command", async () => {
  writeFileSync(join(dir, "none"), "");
  const before = servers[0]?.commands.length;
  const text = await lease("show", ...hostOptions().slice(0, -1), join(dir, "none"));
  expect(text).toMatch(/not reached: .*offered the host key/);
  expect(servers[0]?.commands.length).toBe(before);
});

test.each([
  [["--host", "db1;reboot"], "is not user@host:port"],
  [["--host", "ada@db1", "--host", "bob@db2"], "different users (ada, bob)"],
  [["--host", "db1", "--host", "bigmath@db1:22"], "given twice"],
  [["--host", "db1", "--identity", "/nowhere"], "--identity cannot be read"],
  [[], "required option '--host"],
])("%p is refused in words", async (options, words) => {
  const known = ["--known-hosts", join(dir, "known_hosts")];
  expect(await lease("show", ...options, ...known)).toContain(words);
});

test.each([
  ["db1", { user: "bigmath", host: "db1", port: 22 }],
  ["ada@10.0.0.1:2222", { user: "ada", host: "10.0.0.1", port: 2222 }],
  ["ada@[fd00::1]:2222", { user: "ada", host: "fd00::1", port: 2222 }],
])("--host %s is understood", (text, host) => {
  expect(parseHost(text)).toEqual(host);
});
