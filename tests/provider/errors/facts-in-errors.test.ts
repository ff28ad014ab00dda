// No error leaves out what was seen: every fact that a call site brings is a marked value here, and comes out in the text, a
// limit in its unit, and a next action that can be taken.

import type { BmdbError } from "../../../provider/errors/bmdb-error";
import * as catalog from "../../../provider/errors/catalog";
import { renderError } from "../../../provider/report/render-error";

interface Row {
  readonly error: BmdbError;
  /** Words that have to be read: values as they came in, limits as people say them. */
  readonly says: readonly string[];
  /** What the reader is told to do: a command, a setting or a place to look. */
  readonly next: RegExp;
}

const LIMIT_MS = 12_300;
const LIMIT = "12.3 s";
const node = "node-mark";
const process = "DBServer process-mark";
const address = "10.9.8.7:22";
const output = "output-mark";
const reason = "reason-mark";
const last = "last-mark";
const owner = { stack: "stack-mark", person: "person-mark", host: "host-mark", runId: "run-mark", since: "since-mark" };
const run = /run `pulumi up`/;

const rows: Readonly<Record<keyof typeof catalog, readonly Row[]>> = {
  inputInvalid: [
    { error: catalog.inputInvalid(["problem-mark"]), says: ["problem-mark"], next: /Correct the program/ },
  ],
  hostUnreachable: [
    {
      error: catalog.hostUnreachable({ node, address, cause: "cause-mark" }),
      says: [node, address, "cause-mark", "No command was sent"],
      next: /Try `ssh 10\.9\.8\.7`/,
    },
    {
      error: catalog.hostUnreachable({ node, address, cause: "cause-mark", isSent: true }),
      says: [node, address, "cause-mark", "what it did is not known"],
      next: /run the same command again/,
    },
  ],
  hostKeyUnknown: [
    {
      error: catalog.hostKeyUnknown({ node, address, fingerprint: "SHA256:mark", why: "why-mark" }),
      says: [node, address, "SHA256:mark", "why-mark"],
      next: /ssh\.knownHosts or ssh\.hosts\.node-mark\.hostKey/,
    },
  ],
  hostKeyChanged: [
    {
      error: catalog.hostKeyChanged({ node, address, seen: "SHA256:seen", expected: "SHA256:expected" }),
      says: [node, address, "SHA256:seen", "SHA256:expected"],
      next: /replace the key in the program/,
    },
  ],
  sshLoginRefused: [
    {
      error: catalog.sshLoginRefused({ node, address, user: "user-mark" }),
      says: [node, address, "user-mark"],
      next: /Check ssh\.user and ssh\.privateKey/,
    },
  ],
  commandTimedOut: [
    {
      error: catalog.commandTimedOut({ node, purpose: "purpose-mark", limitMs: LIMIT_MS, output }),
      says: [node, "purpose-mark", LIMIT, output],
      next: /Run `pulumi up` again/,
    },
  ],
  commandFailed: [
    {
      error: catalog.commandFailed({ node, purpose: "purpose-mark", code: 73, output }),
      says: [node, "purpose-mark", "73", output],
      next: run,
    },
  ],
  clusterUnreachable: [
    {
      error: catalog.clusterUnreachable({ tried: ["10.0.0.1:11000", "10.0.0.2:11000"], last }),
      says: ["10.0.0.1:11000", "10.0.0.2:11000", last],
      next: /Check that the MServers run/,
    },
  ],
  adoptVersionDiffers: [
    {
      error: catalog.adoptVersionDiffers({ stated: "2.18.0.0", live: "2.16.0.0", perProcess: ["line-mark"] }),
      says: ["2.18.0.0", "2.16.0.0", "line-mark"],
      next: /Write version: "2\.16\.0\.0"/,
    },
  ],
  refusedToPlan: [
    {
      error: catalog.refusedToPlan({ code: "CodeMark", what: "What mark.", why: "Why mark.", next: "Do the mark." }),
      says: ["CodeMark", "What mark.", "Why mark."],
      next: /Nothing was changed\. Do the mark\./,
    },
  ],
  gateClosed: [
    {
      error: catalog.gateClosed({ gate: "gate_mark", reason, waitedMs: LIMIT_MS, untouched: "Untouched mark." }),
      says: ["gate_mark", reason, LIMIT, "the limit", "Untouched mark."],
      next: run,
    },
    {
      error: catalog.gateClosed({
        gate: "gate_mark",
        reason,
        waitedMs: 0,
        untouched: "Untouched.",
        next: "Next mark.",
      }),
      says: ["gate_mark", reason, "Untouched."],
      next: /Next mark\./,
    },
  ],
  processNotOnHost: [
    {
      error: catalog.processNotOnHost({ process, role: "dbserver", node }),
      says: [process, node, "not touched"],
      next: /`pgrep -x dbserver`/,
    },
  ],
  startUnknown: [
    {
      error: catalog.startUnknown({ process, role: "dbserver", node }),
      says: [process, node],
      next: /process\.dbserver\.args/,
    },
  ],
  startNotRepeatable: [
    {
      error: catalog.startNotRepeatable({ process, reason, role: "dbserver" }),
      says: [process, reason, "not stopped"],
      next: /process\.dbserver in the program/,
    },
  ],
  restartFailed: [
    {
      error: catalog.restartFailed({ process, node, reason, state: "State mark.", output }),
      says: [process, node, reason, "State mark.", output],
      next: run,
    },
  ],
  diedAtStart: [
    {
      error: catalog.diedAtStart({ process, node, version: "2.18.0.0", output }),
      says: [process, node, "2.18.0.0", output, "Nothing else was stopped"],
      next: run,
    },
  ],
  didNotReturn: [
    {
      error: catalog.didNotReturn({ process, node, limitMs: LIMIT_MS, last, output }),
      says: [process, node, LIMIT, "the limit", last, output],
      next: run,
    },
    {
      error: catalog.didNotReturn({ process, node, limitMs: 0, last, output }),
      says: [process, node, last, output],
      next: run,
    },
  ],
  oldBinaryCameBack: [false, true].map((isOwn) => ({
    error: catalog.oldBinaryCameBack({
      process,
      role: "dbserver",
      node,
      pid: 4242,
      version: "version-mark",
      exe: "/exe-mark",
      starter: "starter-mark",
      isOwn,
    }),
    says: [process, "4242", "version-mark", "/exe-mark", "starter-mark"],
    next: /process\.dbserver\.start/,
  })),
  endedByItself: [
    {
      error: catalog.endedByItself({
        process,
        node,
        pid: 4242,
        pidNow: 4343,
        startCount: 2,
        afterMs: LIMIT_MS,
        output,
      }),
      says: [process, "4242", "4343", "start number 2", LIMIT, output],
      next: /Remove the cause on node-mark/,
    },
    {
      error: catalog.endedByItself({
        process,
        node,
        pid: 4242,
        pidNow: undefined,
        startCount: 1,
        afterMs: LIMIT_MS,
        output,
      }),
      says: [process, "4242", "no process runs in its place", LIMIT, output],
      next: run,
    },
  ],
  watchFailed: [
    { error: catalog.watchFailed({ process, limitMs: LIMIT_MS, last }), says: [process, LIMIT, last], next: run },
  ],
  promoteFailed: [
    {
      error: catalog.promoteFailed({ reason, unsupported: false, node, output }),
      says: [reason, node, output],
      next: run,
    },
  ],
  bsqlUpgradeFailed: [
    {
      error: catalog.bsqlUpgradeFailed({ attempts: 7, elapsedMs: LIMIT_MS, last, node, output }),
      says: ["7 times", LIMIT, last, node, output],
      next: run,
    },
  ],
  bmAdminFailed: [
    {
      error: catalog.bmAdminFailed({ operation: "operation_mark", node, reason, output }),
      says: ["operation_mark", node, reason, output],
      next: run,
    },
  ],
  drainTimedOut: [
    {
      error: catalog.drainTimedOut({ process, limitMs: LIMIT_MS, last }),
      says: [process, LIMIT, "the limit", last, "policy.onDrainTimeout"],
      next: run,
    },
  ],
  runStopped: [{ error: catalog.runStopped({ reason }), says: [reason], next: /Run `pulumi up`/ }],
  leaseHeld: [
    {
      error: catalog.leaseHeld({ owner, termMs: LIMIT_MS, waitedMs: 45_600 }),
      says: [...Object.values(owner), LIMIT, "45.6 s"],
      next: run,
    },
    { error: catalog.leaseHeld({ owner: undefined, termMs: LIMIT_MS }), says: ["cannot be read", LIMIT], next: run },
  ],
  leaseLost: [
    {
      error: catalog.leaseLost({ node: undefined, seen: undefined, isThere: false, silentMs: LIMIT_MS }),
      says: [LIMIT],
      next: run,
    },
    { error: catalog.leaseLost({ node, seen: undefined, isThere: true, silentMs: LIMIT_MS }), says: [node], next: run },
  ],
  xdcrNotPaused: [
    {
      error: catalog.xdcrNotPaused({ link: "link-mark", target: "target-mark", reason, isWrongCluster: false, output }),
      says: ["link-mark", "target-mark", reason, output, "X1"],
      next: run,
    },
    {
      error: catalog.xdcrNotPaused({ link: "link-mark", target: "target-mark", reason, isWrongCluster: true, output }),
      says: ["link-mark", "target-mark", reason, output, "does not know the group"],
      next: /Correct source and target/,
    },
  ],
  xdcrNotResumed: [
    {
      error: catalog.xdcrNotResumed({ link: "link-mark", target: "target-mark", reason, output }),
      says: ["link-mark", "target-mark", reason, output, "still paused"],
      next: /Run `pulumi up`/,
    },
  ],
  leaseUnreachable: [
    {
      error: catalog.leaseUnreachable({ failed: new Map([[node, reason]]), hostCount: 7, neededCount: 4 }),
      says: ["6 of 7", "4 are needed", node, reason],
      next: /Make the hosts reachable/,
    },
  ],
};

const all = Object.entries(rows).flatMap(([name, each]) => each.map((row, index) => [name, index + 1, row] as const));

test.each(all)("%s, form %i, says every fact it was given, its limit and what to do next", (_name, _form, row) => {
  const text = renderError(row.error).join("\n");
  for (const word of row.says) expect(text).toContain(word);
  expect(row.error.text.next).toMatch(row.next);
  expect(text).not.toMatch(/undefined|NaN|\[object/);
});

test("there is a row for every error", () => {
  expect(Object.keys(rows).sort()).toEqual(Object.keys(catalog).sort());
});

test("the limits of an error are those of the arguments' units, never milliseconds", () => {
  for (const [, , { error }] of all) expect(renderError(error).join("\n")).not.toMatch(/\d ?ms\b/);
});
