// The same upgrade through Debian's sshd instead of the sandbox's own ssh server, and with the pages asked through it too.

import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { clusterProgram, createClusterStack } from "./cluster-stack";
import type { TestStack } from "./harness";

let cluster: TestCluster;
let stack: TestStack;

beforeAll(async () => {
  cluster = await startTestCluster({ ssh: "openssh" });
  stack = await createClusterStack(cluster.args("2.16.0.0"));
});

afterAll(async () => {
  await stack?.remove();
  await cluster?.remove();
});

/** Every command that a host was sent, from the sandbox's event log. */
const commandCount = async (): Promise<number> =>
  (await cluster.sandbox.events()).filter((event) => event.event === "command").length;

test("a host key that is not the expected one is refused before anything is sent", async () => {
  const args = cluster.args("2.16.0.0");
  const [first, second] = cluster.sandbox.hosts;
  const before = await commandCount();
  const result = await stack.up({
    program: clusterProgram({
      ...args,
      ssh: { ...args.ssh, hosts: { [first?.name ?? ""]: { hostKey: second?.hostKey ?? "" } } },
    }),
  });
  expect(result.isOk).toBe(false);
  expect(result.text).toMatch(/host key mismatch|HostKeyChanged/);
  const sent = (await cluster.sandbox.events())
    .slice(before)
    .filter((event) => event.event === "command" && event.host === first?.name);
  expect(sent).toEqual([]);
});

test("adoption and upgrade, every page included, go through a real sshd", async () => {
  const throughSsh = (version: string) => clusterProgram(cluster.args(version, { adminUi: { access: "ssh" } }));
  const adopted = await stack.up({ program: throughSsh("2.16.0.0") });
  expect(adopted.text).toContain("adopted: 6 processes run 2.16.0.0");
  await cluster.mark();
  const upgraded = await stack.up({ program: throughSsh("2.18.0.0") });
  expect(upgraded.text).toContain("6 processes on 2.18.0.0, finalized");
  expect(await cluster.versions()).toEqual(allOn(cluster, "2.18.0.0"));
  const story = await cluster.story();
  expect(story.filter((line) => line.startsWith("stop"))).toHaveLength(6);
  expect(story.slice(-2)).toEqual(["promote 2", "upgrade bsql"]);
});
