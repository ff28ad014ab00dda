import {
  commandTimedOut,
  hostKeyChanged,
  hostKeyUnknown,
  hostUnreachable,
  sshLoginRefused,
} from "../../../provider/errors/catalog";
import { collectHost } from "../../../provider/inventory/collect-host";
import type { DesiredNode } from "../../../provider/model/desired";
import type { RunningProcess } from "../../../provider/model/host-facts";
import { buildDesired, buildRunning } from "../../support/build-cluster";
import { saying } from "../../support/fake-cluster";
import { renderHostFacts } from "../../support/host-facts-text";
import { createVirtualClock } from "../../support/virtual-clock";

const desired = buildDesired();
const node = desired.nodes[0] as DesiredNode;
const address = "10.0.0.1:22";
const staged =
  'dir /home/bigmath/softwarebm-2.18.0.0\nmetadata {"version_number":"2.18.0.0"}\nbinaries yes\nact mserver act abc 2.18.0.0\nend\n';
const mserver = buildRunning("mserver", "2.16.0.0-b1", { pid: 7 });

function collect(
  processes: readonly RunningProcess[] | Error,
  release = staged,
  edit = (text: string): string => text,
) {
  const commands: string[] = [];
  const view = collectHost({
    desired,
    node,
    details: undefined,
    clock: createVirtualClock(9_000),
    shell: {
      run: async (_node: string, command: string) => {
        commands.push(command);
        if (processes instanceof Error) throw processes;
        return saying(edit(renderHostFacts(processes) + release));
      },
      close: async () => undefined,
    },
  });
  return { view, commands };
}

test("a host shows its processes, the release that lies ready and what our last acts were", async () => {
  const { running, staged: release, lastActVersion } = await collect([mserver]).view;
  expect(running.mserver).toMatchObject({ known: true, value: { pid: 7 }, from: "ssh db1", atMs: 9_000 });
  expect(running.dbserver).toMatchObject({ known: true, value: null });
  expect(release).toMatchObject({ known: true, value: { version: "2.18.0.0", hasBinaries: true } });
  expect(lastActVersion).toMatchObject({ mserver: { value: "2.18.0.0" }, dbserver: { known: true, value: null } });
});

test("a host is asked once for all of it, and facts that are cut off leave nothing known", async () => {
  const { view, commands } = collect([mserver]);
  await view;
  expect(commands).toHaveLength(1);
  const cut = await collect([mserver], staged, (text) => text.slice(0, 200)).view;
  expect(cut.running.mserver.known || cut.staged.known).toBe(false);
});

test("environments are not asked for here", async () => {
  const { view, commands } = collect([mserver]);
  await view;
  expect(commands.join("\n")).not.toContain("environ");
});

test("two processes of one name are not one: which is meant is not known", async () => {
  const second = buildRunning("mserver", "2.16.0.0-b1", { pid: 8 });
  expect((await collect([mserver, second]).view).running.mserver).toMatchObject({
    known: false,
    why: expect.stringContaining("2 processes mserver on this host (7, 8)"),
  });
});

test.each([
  hostUnreachable({ node: "db1", address, cause: "connect ETIMEDOUT" }),
  commandTimedOut({ node: "db1", purpose: "LC_ALL=C;", limitMs: 20_000, output: "" }),
])("a host that is silent is not known, and its processes are not called down: %s", async (silence) => {
  const { running, staged: release, lastActVersion } = await collect(silence).view;
  for (const fact of [running.mserver, running.dbserver, release, lastActVersion.mserver])
    expect(fact).toMatchObject({ known: false, why: expect.stringContaining("db1") });
});

test("an answer that is cut off behind its facts leaves them, and the release is not known", async () => {
  const { running, staged: release } = await collect([mserver], "dir /x\nmetadata none\n").view;
  expect(running.mserver.known).toBe(true);
  expect(release).toMatchObject({ known: false, why: "the host's answer about its releases is cut off" });
});

test.each([
  hostKeyUnknown({ node: "db1", address, fingerprint: "SHA256:a" }),
  hostKeyChanged({ node: "db1", address, seen: "SHA256:a", expected: "SHA256:b" }),
  sshLoginRefused({ node: "db1", address, user: "bigmath" }),
  new Error("a mistake of ours"),
])("what is never only a missing fact ends the reading: %s", async (error) => {
  await expect(collect(error).view).rejects.toBe(error);
});
