// A lease in one hand: renewed while anything is awaited, checked at safe points, and given back on every way out.

import { commandTimedOut, hostKeyChanged } from "../../../provider/errors/catalog";
import { changeHost } from "../../../provider/executor/change-host";
import { noLease, type Run } from "../../../provider/executor/run";
import { withLease } from "../../../provider/executor/with-lease";
import { type LeaseRecord, parseRecord, renderRecord } from "../../../provider/model/lease-record";
import type { CommandResult, Shell } from "../../../provider/ports";
import { buildDesired } from "../../support/build-cluster";
import { buildRun, errorOf, type TestRun } from "../../support/build-run";
import { type LeaseHost, runLeaseCommand } from "../../support/lease-hosts";

const desired = buildDesired({ nodes: { m1: "mserver", m2: "mserver", m3: "mserver", d1: "dbserver" } });
const owner = {
  stack: "shop/prod",
  host: "laptop-7",
  person: "ada",
  runId: "run-1",
  since: "2026-01-01T00:00:00.000Z",
};
const other: LeaseRecord = {
  state: "held",
  epoch: 9,
  beat: 0,
  termMs: 60_000,
  owner: { ...owner, stack: "shop/dev", person: "bob", runId: "run-2" },
};

interface Scene {
  readonly run: TestRun;
  readonly hosts: ReadonlyMap<string, LeaseHost>;
  readonly done: string[];
  /** By node: what the shell raises there. */
  readonly broken: Map<string, Error>;
  readonly hold: <T>(work: (held: Run) => Promise<T>) => Promise<T>;
  leases(): (string | undefined)[];
}

function openScene(): Scene {
  const hosts = new Map(desired.nodes.map((node): [string, LeaseHost] => [node.name, { lease: "" }]));
  const broken = new Map<string, Error>();
  const done: string[] = [];
  const shell: Shell = {
    close: async () => undefined,
    run: async (node, command) => {
      const error = broken.get(node);
      if (error) throw error;
      const host = hosts.get(node) ?? { lease: "" };
      const pass = (guarded: string): CommandResult => {
        done.push(`${node}: ${guarded}`);
        return { code: 0, stdout: "", stderr: "" };
      };
      const answer = await runLeaseCommand(host, command, pass);
      if (answer === undefined) throw new Error(`not a command of the lease: ${command}`);
      return answer;
    },
  };
  const run = buildRun({ desired, shell });
  return {
    run,
    hosts,
    done,
    broken,
    hold: (work) => withLease(run, owner, work),
    leases: () => [...hosts.values()].map(({ lease }) => parseRecord(lease).record?.state),
  };
}

const timedOut = (node: string) => commandTimedOut({ node, purpose: ": lease", limitMs: 20_000, output: "" });
const events = (run: TestRun, event: string) => run.journalled.filter((entry) => entry.event === event);
const change = (held: Run, node = "m1") => changeHost(held, node, "change", { timeoutMs: 1_000 });

test("while work is done the lease is on every MServer's host and on no other, and afterwards on none", async () => {
  const { hold, leases, run } = openScene();
  await hold(async () => {
    expect(leases()).toEqual(["held", "held", "held", undefined]);
  });
  expect(leases()).toEqual(["free", "free", "free", undefined]);
  expect(run.journalled.map((entry) => entry.event)).toEqual(["lease_acquired", "lease_released"]);
});

describe("it is given back", () => {
  test.each([
    ["when the work succeeds", async () => "done"],
    ["when the work fails", async () => Promise.reject(new Error("a gate is closed"))],
  ])("%s", async (_when, work) => {
    const { hold, leases } = openScene();
    await hold(work).catch(() => undefined);
    expect(leases()).toEqual(["free", "free", "free", undefined]);
  });

  test("when the run is cancelled in the middle", async () => {
    const { hold, leases, run } = openScene();
    await hold(async (held) => {
      run.controller.abort(new Error("it was cancelled"));
      held.signal.throwIfAborted();
    }).catch(() => undefined);
    expect(leases()).toEqual(["free", "free", "free", undefined]);
  });

  test("when the run is cancelled before it began, which says so and asks nobody", async () => {
    const { hold, leases, run } = openScene();
    run.controller.abort(new Error("it was cancelled"));
    expect(await errorOf(hold(async () => undefined))).toMatchObject({ code: "RunStopped" });
    expect(leases()).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("to the hosts that answer, when one does not any more, and the next run need not wait for that one", async () => {
    const scene = openScene();
    await scene.hold(async () => {
      scene.broken.set("m2", timedOut("m2"));
    });
    expect(scene.leases()).toEqual(["free", "held", "free", undefined]);
    expect(events(scene.run, "lease_released")).toMatchObject([{ notReached: ["m2"] }]);
    scene.broken.clear();
    const before = scene.run.clock.monotonicMs();
    await scene.hold(async () => undefined);
    expect(scene.run.clock.monotonicMs() - before).toBe(0);
  });
});

test("it is renewed three times in its term while something long is awaited", async () => {
  const { hold, hosts, run } = openScene();
  await hold(async () => {
    const beats: (number | undefined)[] = [];
    for (let third = 0; third < 6; third += 1) {
      beats.push(parseRecord(hosts.get("m1")?.lease ?? "").record?.beat);
      await run.clock.sleep(20_000);
    }
    expect(beats).toEqual([1, 2, 3, 4, 5, 6]);
  });
  const { lease } = hosts.get("m1") ?? { lease: "" };
  await run.clock.sleep(120_000);
  expect(hosts.get("m1")?.lease).toBe(lease);
});

test("every declared host is shown the lease before anything else is changed, those without an MServer too", async () => {
  const { hold, leases, done } = openScene();
  await hold(async (held) => {
    expect(await errorOf(change(held, "d1"))).toMatchObject({ code: "LeaseLost" });
  });
  await hold(async (held) => {
    await held.lease.fence();
    expect(leases()).toEqual(["held", "held", "held", "held"]);
    await change(held, "d1");
  });
  expect(done).toEqual(["d1: change"]);
  expect(leases()).toEqual(["free", "free", "free", "free"]);
});

test("when the MServers' hosts were set up anew, the hosts that remember an earlier owner still take this run's commands", async () => {
  const { hold, hosts, done } = openScene();
  const db = hosts.get("d1");
  if (db) db.lease = renderRecord({ ...other, state: "free" });
  await hold(async (held) => {
    await held.lease.fence();
    await change(held, "d1");
    expect(parseRecord(hosts.get("m1")?.lease ?? "").record).toMatchObject({ epoch: 10 });
  });
  expect(done).toEqual(["d1: change"]);
});

test("a host that cannot be shown the lease ends the run before anything is changed there", async () => {
  const { hold, broken } = openScene();
  const error = timedOut("d1");
  broken.set("d1", error);
  await hold(async (held) => {
    expect(await errorOf(held.lease.fence())).toBe(error);
  });
});

describe("when another run has taken it over", () => {
  const takeOver = ({ hosts }: Scene, ...nodes: string[]) => {
    for (const node of nodes) (hosts.get(node) ?? { lease: "" }).lease = renderRecord(other);
  };

  test("the host refuses the next change, and nothing more is sent anywhere", async () => {
    const scene = openScene();
    await scene.hold(async (held) => {
      takeOver(scene, "m1", "m2");
      const error = await errorOf(change(held));
      expect(error).toMatchObject({ code: "LeaseLost", text: { what: expect.stringContaining("shop/dev (bob on") } });
      // m3 still shows the lost lease and would let it through.
      expect(await errorOf(change(held, "m3"))).toBe(error);
      expect(await errorOf(held.lease.confirm())).toBe(error);
      expect(held.signal.reason).toBe(error);
    });
    expect(scene.done).toEqual([]);
    expect(events(scene.run, "lease_lost")).toHaveLength(1);
    expect(scene.leases()).toEqual(["held", "held", "free", undefined]);
  });

  test("the next renewal notices it, and the run ends at its next safe point", async () => {
    const scene = openScene();
    await scene.hold(async (held) => {
      takeOver(scene, "m2");
      await scene.run.clock.sleep(20_000);
      expect(held.signal.aborted).toBe(true);
      expect(await errorOf(held.lease.confirm())).toMatchObject({ code: "LeaseLost" });
    });
  });
});

describe("when it cannot be renewed", () => {
  test("on one host of three nothing happens", async () => {
    const { hold, broken, run } = openScene();
    await hold(async (held) => {
      broken.set("m2", timedOut("m2"));
      await run.clock.sleep(600_000);
      await held.lease.confirm();
    });
    expect(events(run, "lease_renewal_failed")).toEqual([]);
  });

  test("for a while on a majority, the run waits at its safe point and goes on", async () => {
    const { hold, broken, run } = openScene();
    await hold(async (held) => {
      for (const node of ["m1", "m2"]) broken.set(node, timedOut(node));
      await run.clock.sleep(90_000);
      const stop = run.clock.every(50_000, async () => broken.clear());
      await held.lease.confirm();
      stop();
    });
    expect(events(run, "lease_renewal_failed").length).toBeGreaterThan(3);
    expect(run.said.map(({ text }) => text)).toContain(
      "wait: the lease cannot be renewed on a majority of the MServer hosts",
    );
  });

  test("for longer than policy.timeouts.gate, the run ends there", async () => {
    const { hold, broken, run } = openScene();
    const error = await errorOf(
      hold(async (held) => {
        for (const node of ["m1", "m2"]) broken.set(node, timedOut(node));
        await run.clock.sleep(90_000);
        await held.lease.confirm();
      }),
    );
    expect(error).toMatchObject({ code: "LeaseLost", text: { what: expect.stringContaining("could not be renewed") } });
  });
});

describe("where a majority of the MServers' hosts does not answer", () => {
  test("there is no lease and no work, and the error names them with why", async () => {
    const { hold, broken, leases } = openScene();
    for (const node of ["m1", "m3"]) broken.set(node, timedOut(node));
    const error = await errorOf(hold(async () => Promise.reject(new Error("it must not begin"))));
    expect(error).toMatchObject({
      code: "LeaseUnreachable",
      text: { what: expect.stringMatching(/^1 of 3 .* 2 are needed\. Not reached:\n {2}m1: .*\n {2}m3: /s) },
    });
    expect(leases()).toEqual([undefined, undefined, undefined, undefined]);
  });

  test("because of a host key, that is what is said", async () => {
    const { hold, broken } = openScene();
    const error = hostKeyChanged({ node: "m3", address: "10.0.0.3:22", seen: "a", expected: "b" });
    broken.set("m2", timedOut("m2")).set("m3", error);
    expect(await errorOf(hold(async () => undefined))).toBe(error);
  });

  test("the hosts without an MServer do not count", async () => {
    const { hold, broken } = openScene();
    broken.set("d1", timedOut("d1")).set("m1", timedOut("m1"));
    await expect(hold(async () => "done")).resolves.toBe("done");
  });
});

test("who meets a faster one takes back what he wrote, goes no further, and is refused when that one renews", async () => {
  const { hold, hosts, run } = openScene();
  const send = run.ports.shell.run;
  const asked: string[] = [];
  let isMet = false;
  run.ports.shell.run = async (node, command, options) => {
    asked.push(`${command.split(" ")[2]} ${node}`);
    const host = hosts.get(node);
    // Between the look and the write.
    if (!isMet && node === "m2" && command.startsWith(": lease take") && host) {
      isMet = true;
      host.lease = renderRecord(other);
    }
    return send(node, command, options);
  };
  let beat = 0;
  const stop = run.clock.every(20_000, async () => {
    beat += 1;
    const host = hosts.get("m2");
    if (host) host.lease = renderRecord({ ...other, beat });
  });
  const error = await errorOf(hold(async () => Promise.reject(new Error("it must not begin"))));
  stop();
  expect(error).toMatchObject({ code: "LeaseHeld", text: { what: expect.stringContaining("shop/dev (bob on") } });
  expect(asked.slice(4, 8)).toEqual(["take m1", "take m2", "release m1", "release m2"]);
  expect(parseRecord(hosts.get("m1")?.lease ?? "").record).toMatchObject({ state: "free", owner: { runId: "run-1" } });
  expect(hosts.get("m3")?.lease).toBe("");
});

describe("where the lease cannot be written on a majority", () => {
  const NO_ROOM = "sh: printf: I/O error: No space left on device";
  const answering = (scene: Scene, instead: (node: string, command: string) => CommandResult | undefined) => {
    const { shell } = scene.run.ports;
    const send = shell.run;
    shell.run = async (node, command, options) => instead(node, command) ?? send(node, command, options);
  };
  const noRoom = (nodes: readonly string[]) => (node: string, command: string) =>
    nodes.includes(node) && command.startsWith(": lease take") ? { code: 74, stdout: "", stderr: NO_ROOM } : undefined;

  test("this is said at once, by host, and nobody is waited for", async () => {
    const scene = openScene();
    answering(scene, noRoom(["m1", "m3"]));
    const error = await errorOf(scene.hold(async () => Promise.reject(new Error("it must not begin"))));
    expect(error).toMatchObject({
      code: "LeaseUnreachable",
      text: { what: expect.stringMatching(/^The lease can be written on 1 of 3 .*m1: .*No space left.*m3: /s) },
    });
    expect(scene.run.clock.monotonicMs()).toBe(0);
    expect(scene.leases()).toEqual([undefined, "free", undefined, undefined]);
  });

  test("a host that is not reached is named beside the one that cannot be written", async () => {
    const scene = openScene();
    scene.broken.set("m2", timedOut("m2"));
    answering(scene, noRoom(["m3"]));
    expect(await errorOf(scene.hold(async () => undefined))).toMatchObject({
      code: "LeaseUnreachable",
      text: { what: expect.stringMatching(/on 1 of 3 .*m2: A command on m2.*m3: .*No space left/s) },
    });
  });

  test("one such host is none too many", async () => {
    const scene = openScene();
    answering(scene, noRoom(["m3"]));
    await expect(scene.hold(async () => "done")).resolves.toBe("done");
  });

  test("because hosts share one home directory, that is said", async () => {
    const scene = openScene();
    const { shell } = scene.run.ports;
    const send = shell.run;
    shell.run = async (_node, command, options) => send("m1", command, options);
    expect(await errorOf(scene.hold(async () => undefined))).toMatchObject({
      code: "LeaseUnreachable",
      text: { what: expect.stringMatching(/m2: it shows what was just written on m1: they have one home directory/) },
    });
  });
});

test("who is met again and again is named, also when nothing lies there at the end", async () => {
  const { hold, hosts, run } = openScene();
  const send = run.ports.shell.run;
  run.ports.shell.run = async (node, command, options) => {
    const host = hosts.get("m1");
    if (node !== "m1" || !host || !command.startsWith(": lease take")) return send(node, command, options);
    host.lease = renderRecord({ ...other, epoch: 1 });
    const answer = await send(node, command, options);
    host.lease = "";
    return answer;
  };
  expect(await errorOf(hold(async () => undefined))).toMatchObject({
    code: "LeaseHeld",
    text: { what: expect.stringContaining("shop/dev (bob on") },
  });
});

describe("after an attempt at which somebody was faster", () => {
  /** At m2 somebody with a lower epoch is met, who gives up at once; then `release` stands in for the release on m1. */
  function meetOnce(
    { run, hosts }: Scene,
    release: (send: () => Promise<CommandResult>) => Promise<CommandResult>,
  ): void {
    const set = (node: string, record: LeaseRecord) => {
      const host = hosts.get(node);
      if (host) host.lease = renderRecord(record);
    };
    set("m1", { ...other, state: "free", epoch: 4 });
    const send = run.ports.shell.run;
    let isMet = false;
    let isReleased = false;
    run.ports.shell.run = async (node, command, options) => {
      const go = () => send(node, command, options);
      if (!isReleased && node === "m1" && command.startsWith(": lease release")) {
        isReleased = true;
        return release(go);
      }
      if (isMet || node !== "m2" || !command.startsWith(": lease take")) return go();
      isMet = true;
      set("m2", { ...other, epoch: 1 });
      const answer = await go();
      set("m2", { ...other, state: "free", epoch: 1 });
      return answer;
    };
  }

  test("the next one has an epoch of its own, also where nobody remembers the first any more", async () => {
    const scene = openScene();
    meetOnce(scene, async (send) => {
      const answer = await send();
      scene.broken.set("m1", timedOut("m1"));
      return answer;
    });
    await scene.hold(async () => {
      expect(scene.hosts.get("m1")?.lease).toMatch(/^free 5 run-1 /);
      expect(scene.hosts.get("m2")?.lease).toMatch(/^held 6 run-1 /);
    });
  });

  test("what it could not take back keeps the run itself waiting for no term", async () => {
    const scene = openScene();
    meetOnce(scene, () => Promise.reject(timedOut("m1")));
    const before = scene.run.clock.monotonicMs();
    await scene.hold(async () => {
      expect(scene.hosts.get("m1")?.lease).toMatch(/^held 6 run-1 /);
      expect(scene.run.clock.monotonicMs() - before).toBeLessThan(other.termMs / 3);
    });
  });
});

test("an answer to the taking that was lost counts as what lies there", async () => {
  const { hold, run, leases } = openScene();
  const send = run.ports.shell.run;
  let lostCount = 0;
  run.ports.shell.run = async (node, command, options) => {
    const answer = await send(node, command, options);
    if (!command.startsWith(": lease take")) return answer;
    lostCount += 1;
    throw timedOut(node);
  };
  await hold(async () => expect(leases().slice(0, 3)).toEqual(["held", "held", "held"]));
  expect(lostCount).toBe(3);
});

test("a run that only looks cannot change anything", async () => {
  const { run, done } = openScene();
  const error = await errorOf(change({ ...run, lease: noLease }));
  expect(String(error)).toContain("BugError");
  expect(done).toEqual([]);
});
