// Every error as a person reads it, as a golden text; and docs/errors.md, which lists exactly the codes that there are.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BmdbError, ErrorText } from "../../../provider/errors/bmdb-error";
import * as catalog from "../../../provider/errors/catalog";
import { planUpgrade } from "../../../provider/planner/plan-upgrade";
import { renderError } from "../../../provider/report/render-error";
import { buildDesired, buildInventory, type ClusterShape, type InventoryShape } from "../../support/build-cluster";
import { expectGolden } from "../../support/golden";

const address = "10.0.0.1:22";
const mserver = { process: "MServer db1", node: "db1" };
const dbserver = { process: "DBServer db2", node: "db2" };
const output = "E1123 10:01:02.000001  4711 server.cc:12] cannot open /data/1\nF1123 disk full\n";

const leaseOwner = {
  stack: "shop/prod",
  host: "laptop-7",
  person: "ada",
  runId: "20261123-223201-ab12cd",
  since: "2026-11-23T22:32:01.000Z",
};
const leaseRecord = { state: "held" as const, epoch: 8, beat: 3, termMs: 60_000, owner: leaseOwner };

const byHand = { node: "db1", role: "mserver", releaseDir: "~/softwarebm-2.18.0.0", isOwn: false } as const;

const examples: Readonly<Record<keyof typeof catalog, Readonly<Record<string, BmdbError>>>> = {
  inputInvalid: {
    one: catalog.inputInvalid(['version: "2.18" is not a version']),
    several: catalog.inputInvalid(['version: "2.18" is not a version', "nodes: is empty"]),
  },
  hostUnreachable: {
    "not-connected": catalog.hostUnreachable({ node: "db1", address, cause: "connect ECONNREFUSED 10.0.0.1:22" }),
    lost: catalog.hostUnreachable({ node: "db1", address, cause: "it ended while a command ran", isSent: true }),
  },
  hostKeyUnknown: {
    host: catalog.hostKeyUnknown({ node: "db1", address, fingerprint: "ssh-ed25519 SHA256:q3v" }),
    bastion: catalog.hostKeyUnknown({
      node: "ssh.bastion",
      address,
      fingerprint: "ssh-ed25519 SHA256:q3v",
      why: "only a key of type ssh-rsa is known (known_hosts line 3)",
      setting: "ssh.bastion.hostKey",
    }),
  },
  hostKeyChanged: {
    host: catalog.hostKeyChanged({
      node: "db1",
      address,
      seen: "ssh-ed25519 SHA256:q3v",
      expected: "ssh-ed25519 SHA256:91c (known_hosts line 12)",
    }),
  },
  sshLoginRefused: { login: catalog.sshLoginRefused({ node: "db1", address, user: "bigmath" }) },
  commandTimedOut: {
    command: catalog.commandTimedOut({ node: "db1", purpose: "umask 077", limitMs: 20_000, output: "" }),
  },
  commandFailed: {
    code: catalog.commandFailed({ node: "db1", purpose: "writing a file", code: 1, output: "Permission denied\n" }),
    killed: catalog.commandFailed({ node: "db1", purpose: "writing a file", code: null, output: "" }),
  },
  clusterUnreachable: {
    all: catalog.clusterUnreachable({ tried: ["10.0.0.1:11000", "10.0.0.2:11000"], last: "nobody listens there" }),
    "by-hand": catalog.clusterUnreachable({
      tried: ["10.0.0.1:11000"],
      last: "nobody listens there",
      startByHand: byHand,
    }),
  },
  adoptVersionDiffers: {
    "one-version": catalog.adoptVersionDiffers({
      stated: "2.18.0.0",
      live: "2.16.0.0",
      perProcess: ["MServer db1  2.16.0.0-b1", "DBServer db1  2.16.0.0-b1"],
    }),
    mix: catalog.adoptVersionDiffers({
      stated: "2.18.0.0",
      live: "2.16.0.0 ×1, 2.18.0.0 ×1",
      perProcess: ["MServer db1  2.18.0.0-b1", "DBServer db1  2.16.0.0-b1"],
    }),
  },
  refusedToPlan: {
    "before-a-roll": catalog.refusedToPlan({
      code: "ProcessDown",
      what: "DBServer db2 is down.",
      next: "Start it, then run it again.",
    }),
    "within-a-roll": catalog.refusedToPlan({
      code: "ProcessDown",
      what: "DBServer db2 is down.",
      why: "Stopping another could cost a majority.",
      next: "Start it, then run it again.",
      isBegun: true,
    }),
  },
  gateClosed: {
    waited: catalog.gateClosed({
      gate: "no_tile_is_under_replicated",
      reason: "3 tiles have fewer replicas than they should (t1, t2, t3).",
      waitedMs: 600_000,
      untouched: "DBServer db2 was not touched.",
    }),
    stopped: catalog.gateClosed({
      gate: "xdcr_is_paused",
      reason: "replication group east into this cluster is active.",
      waitedMs: 0,
      untouched: "Nothing was stopped.",
      next: "Pause it, then run `pulumi up`.",
    }),
  },
  processNotOnHost: {
    ssh: catalog.processNotOnHost({ process: "MServer db1", role: "mserver", node: "db1" }),
  },
  startUnknown: { down: catalog.startUnknown({ ...mserver, role: "mserver" }) },
  startNotRepeatable: {
    relative: catalog.startNotRepeatable({
      process: "MServer db1",
      reason: "its argument m.conf is a relative path",
      role: "mserver",
    }),
  },
  restartFailed: {
    act: catalog.restartFailed({
      ...dbserver,
      reason: "its ports are still in use 30 s after it ended: 0100007F:2328",
      state: "It is down.",
      output: "stopping 4711\nstopped 4711\ndone failed its ports are still in use\n",
    }),
  },
  diedAtStart: {
    died: catalog.diedAtStart({ ...dbserver, version: "2.18.0.0", output }),
    "only-mserver": catalog.diedAtStart({ ...mserver, version: "2.18.0.0", output, startByHand: byHand }),
    "own-start": catalog.diedAtStart({
      ...mserver,
      version: "2.18.0.0",
      output,
      startByHand: { ...byHand, isOwn: true },
    }),
  },
  didNotReturn: {
    expired: catalog.didNotReturn({ ...dbserver, limitMs: 900_000, last: "its web port does not answer yet.", output }),
    wrong: catalog.didNotReturn({ ...dbserver, limitMs: 0, last: "process 4711 still runs.", output: "" }),
  },
  oldBinaryCameBack: {
    supervised: catalog.oldBinaryCameBack({
      ...dbserver,
      role: "dbserver",
      pid: 4800,
      version: "2.16.0.0-b1",
      exe: "/home/bigmath/softwarebm-2.16.0.0/bin/dbserver",
      starter: "it belongs to bmdb-dbserver.service; its parent is process 1 (systemd)",
      isOwn: false,
    }),
    "own-command": catalog.oldBinaryCameBack({
      ...dbserver,
      role: "dbserver",
      pid: 4800,
      version: "2.16.0.0-b1",
      exe: undefined,
      starter: "its parent is not known",
      isOwn: true,
    }),
  },
  endedByItself: {
    again: catalog.endedByItself({
      ...dbserver,
      pid: 4800,
      pidNow: 4811,
      startCount: 2,
      afterMs: 12_300,
      output,
    }),
    gone: catalog.endedByItself({ ...dbserver, pid: 4800, pidNow: undefined, startCount: 1, afterMs: 12_300, output }),
  },
  xdcrNotPaused: {
    "wrong-cluster": catalog.xdcrNotPaused({
      link: "g1 (east → west)",
      target: "west",
      reason: "Could not find CDC producer universe: g1 (exit 1)",
      isWrongCluster: true,
      output: "Error disabling universe replication: Could not find CDC producer universe: g1\n",
    }),
    failed: catalog.xdcrNotPaused({
      link: "g1 (east → west)",
      target: "west",
      reason: "Universe Replication in invalid state: FAILED. Retry or Delete. (exit 1)",
      isWrongCluster: false,
      output: "",
    }),
  },
  xdcrNotResumed: {
    failed: catalog.xdcrNotResumed({
      link: "g1 (east → west)",
      target: "west",
      reason: "bm-admin told success, and west shows g1 (east → west) as paused; so for 600 s",
      output: "Replication enabled successfully\n",
    }),
  },
  watchFailed: {
    trouble: catalog.watchFailed({
      process: "DBServer db2",
      limitMs: 660_000,
      last: "no_tile_is_leaderless: 1 tiles have no leader (t1).",
    }),
  },
  promoteFailed: {
    failed: catalog.promoteFailed({
      reason: "Not authorized (exit 1)",
      unsupported: false,
      node: "db1",
      output: "Not authorized\n",
    }),
    disabled: catalog.promoteFailed({
      reason: "AutoFlags management is disabled on this cluster",
      unsupported: "disabled",
      node: "db1",
      output: "AutoFlags management is disabled\n",
    }),
    unsupported: catalog.promoteFailed({
      reason: "this bm-admin does not know the operation",
      unsupported: "unknown_operation",
      node: "db1",
      output: "Invalid operation: promote_auto_flags\n",
    }),
  },
  bsqlUpgradeFailed: {
    off: catalog.bsqlUpgradeFailed({
      attempts: 1,
      elapsedMs: 0,
      last: "BSQL is disabled",
      node: "db1",
      output: "Upgrade is not needed since BSQL is disabled\n",
      isOff: true,
    }),
    once: catalog.bsqlUpgradeFailed({ attempts: 1, elapsedMs: 0, last: "Not authorized", node: "db1", output: "" }),
    "many-times": catalog.bsqlUpgradeFailed({
      attempts: 6,
      elapsedMs: 840_000,
      last: "Catalog Version Mismatch",
      node: "db1",
      output: "Catalog Version Mismatch: A DDL occurred while processing this query\n",
    }),
  },
  bmAdminFailed: {
    failed: catalog.bmAdminFailed({
      operation: "change_leader_blacklist",
      node: "db1",
      reason: "Error running change_leader_blacklist: Not authorized",
      output: "",
    }),
  },
  drainTimedOut: {
    stop: catalog.drainTimedOut({ process: "DBServer db2", limitMs: 180_000, last: "3 tile leaders left" }),
  },
  leaseHeld: {
    renewed: catalog.leaseHeld({ owner: leaseOwner, termMs: 60_000 }),
    waited: catalog.leaseHeld({ owner: undefined, termMs: 60_000, waitedMs: 120_000 }),
  },
  leaseLost: {
    taken: catalog.leaseLost({ node: "db1", seen: leaseRecord, isThere: true, silentMs: 92_000 }),
    broken: catalog.leaseLost({ node: "db1", seen: { ...leaseRecord, state: "free" }, isThere: true, silentMs: 4_000 }),
    gone: catalog.leaseLost({ node: "db1", seen: undefined, isThere: false, silentMs: 4_000 }),
    "not-renewed": catalog.leaseLost({ node: undefined, seen: undefined, isThere: false, silentMs: 660_000 }),
  },
  leaseUnreachable: {
    unwritten: catalog.leaseUnreachable({
      failed: new Map([
        ["db1", "lease: there is no flock on this host; it is part of util-linux"],
        ["db2", "sh: 5: cannot create lease.lock: Read-only file system"],
      ]),
      hostCount: 3,
      neededCount: 2,
      isWriting: true,
    }),
    two: catalog.leaseUnreachable({
      failed: new Map([
        ["db1", "No ssh connection to db1 (10.0.0.1:22): connect ECONNREFUSED 10.0.0.1:22."],
        ["db2", "A command on db2 (: lease read) gave no result within 20 s."],
      ]),
      hostCount: 3,
      neededCount: 2,
    }),
  },
  runStopped: { stopped: catalog.runStopped({ reason: "cancelled from the terminal" }) },
};

const all = Object.entries(examples).flatMap(([name, cases]) =>
  Object.entries(cases).map(([situation, error]) => [name, situation, error] as const),
);

test.each(Object.entries(examples))("the texts of %s read as their golden", (name, cases) => {
  const text = Object.entries(cases).map(
    ([situation, error]) => `── ${situation}\n${renderError(error).join("\n").replaceAll(/ +$/gm, "")}\n`,
  );
  expectGolden(`errors/${name}.txt`, text.join("\n"));
});

test("there is an example of every error", () => {
  expect(Object.keys(examples).sort()).toEqual(Object.keys(catalog).sort());
});

describe.each(all)("%s, %s", (_name, _situation, error) => {
  const text: ErrorText = error.text;

  test("says in whole sentences what was seen, and what to do", () => {
    expect(text.what).toMatch(/[.)\w]$/);
    expect(text.next).toMatch(/^[A-Z].*\.$/s);
    expect(text.next.length).toBeGreaterThan(30);
    if (text.why !== undefined) expect(text.why).toMatch(/^[A-Z].*\.$/s);
  });

  test("has a code in PascalCase, which is also what the error is called by", () => {
    expect(text.code).toMatch(/^([A-Z][a-z]+)+$/);
    expect(error.message.startsWith(`${text.code}: `)).toBe(true);
  });
});

test("errors about a limit name the limit", () => {
  for (const [, , { text }] of all) {
    const limitMs = text.evidence?.["limitMs"];
    if (typeof limitMs === "number" && limitMs > 0) expect(text.what).toContain(`${limitMs / 1000} s`);
  }
});

test("remote output goes through the mask, whichever error carries it", () => {
  const dirty = "PGPASSWORD=hunter2\n\u001b[31mred";
  const carrying = [
    catalog.commandTimedOut({ node: "db1", purpose: "p", limitMs: 1, output: dirty }),
    catalog.commandFailed({ node: "db1", purpose: "p", code: 1, output: dirty }),
    catalog.restartFailed({ ...mserver, reason: "r", state: "s", output: dirty }),
    catalog.diedAtStart({ ...mserver, version: "2.18.0.0", output: dirty }),
    catalog.didNotReturn({ ...mserver, limitMs: 1, last: "l", output: dirty }),
    catalog.promoteFailed({ reason: "r", unsupported: false, node: "db1", output: dirty }),
    catalog.bsqlUpgradeFailed({ attempts: 1, elapsedMs: 1, last: "l", node: "db1", output: dirty }),
  ];
  for (const { text } of carrying) {
    expect(text.output).toBe("PGPASSWORD=[secret]\n\\x1b[31mred");
  }
});

describe("docs/errors.md", () => {
  const page = readFileSync(join(__dirname, "../../../docs/errors.md"), "utf8");
  const listed = [...page.matchAll(/^### `(\w+)`$/gm)].map((match) => match[1] ?? "");
  const [errorCodes, refusalCodes] = [page.split("## Refusals")[0], page.split("## Refusals")[1]].map((part) =>
    [...(part ?? "").matchAll(/^### `(\w+)`$/gm)].map((match) => match[1] ?? ""),
  );

  test("lists exactly the codes of the catalogue", () => {
    const inCode = all.filter(([name]) => name !== "refusedToPlan").map(([, , error]) => error.code);
    expect([...(errorCodes ?? [])].sort()).toEqual([...new Set(inCode)].sort());
  });

  test("lists exactly the codes of the planner's refusals", () => {
    const source = readFileSync(join(__dirname, "../../../provider/planner/refuse-upgrade.ts"), "utf8");
    const inCode = [...source.matchAll(/\bcode: "(\w+)"/g)].map((match) => match[1]);
    expect([...(refusalCodes ?? [])].sort()).toEqual([...new Set(inCode)].sort());
  });

  test("lists no code twice and says for each when it appears, how things are and what to do", () => {
    expect(new Set(listed).size).toBe(listed.length);
    const sections = page.split(/^### /m).slice(1);
    for (const section of sections) {
      expect(section).toMatch(/^\*\*When\.\*\* \S/m);
      expect(section).toMatch(/^\*\*Then\.\*\* \S/m);
      expect(section).toMatch(/^\*\*Do\.\*\* \S/m);
    }
  });
});

describe("refusals to plan", () => {
  const refusals: Readonly<Record<string, readonly [ClusterShape, InventoryShape]>> = {
    ProcessUnseen: [{}, { processes: { "dbserver:db3": { silent: true } } }],
    ProcessDown: [{}, { processes: { "mserver:db2": { down: true } } }],
    DowngradeRefused: [{}, { running: "2.20.0.0-b1" }],
    UpgradeHalfDone: [{ version: "2.20.0.0" }, { processes: { "mserver:db2": { version: "2.18.0.0-b1" } } }],
    InterruptionNotAllowed: [{ nodes: { m1: "mserver", d1: "dbserver" } }, {}],
  };

  test.each(Object.entries(refusals))("%s reads as its golden", (code, [cluster, inventory]) => {
    const desired = buildDesired(cluster);
    const planned = planUpgrade(desired, buildInventory(desired, inventory), {
      finalizedVersion: undefined,
      adoptedVersion: undefined,
    });
    const found = planned.kind === "refused" ? planned.refusals.filter((each) => each.code === code) : [];
    expect(found).toHaveLength(1);
    const text = found.map((refusal) => renderError(catalog.refusedToPlan(refusal)).join("\n"));
    expectGolden(`errors/refusal-${code}.txt`, `${text.join("\n")}\n`);
  });
});
