// What is wrong before the start: each case gets its own clear error on the real CLI, and nothing is stopped.

import type { BmClusterArgs } from "../../components/bm-cluster-args";
import { allOn, startTestCluster, type TestCluster } from "../support/sandbox-cluster";
import { clusterProgram, createClusterStack, findCluster } from "./cluster-stack";
import type { TestStack } from "./harness";

let cluster: TestCluster;
let stack: TestStack;

beforeAll(async () => {
  cluster = await startTestCluster();
  stack = await createClusterStack(cluster.args("2.16.0.0"));
  expect((await stack.up()).isOk).toBe(true);
  await cluster.mark();
});

afterAll(async () => {
  await stack?.remove();
  await cluster?.remove();
});

/** As a user sees it first: a bad argument is a matter of the preview already. */
const previewWith = async (args: BmClusterArgs): Promise<string> => {
  const result = await stack.preview({ program: clusterProgram(args) });
  expect(result.isOk).toBe(false);
  return result.text;
};

const upWith = async (args: BmClusterArgs): Promise<string> => {
  const result = await stack.up({ program: clusterProgram(args) });
  expect(result.isOk).toBe(false);
  return result.text;
};

afterEach(async () => {
  expect((await cluster.story()).filter((line) => line.startsWith("stop"))).toEqual([]);
  expect(findCluster(await stack.exportState())?.outputs?.["version"]).toBe("2.16.0.0");
});

test("all problems of the arguments are told at once, with their paths", async () => {
  const args = cluster.args("2.18");
  const [first, second, third] = args.nodes;
  if (!first || !second || !third) throw new Error("three nodes are needed");
  const text = await previewWith({
    ...args,
    nodes: [first, { ...second, host: first.host }, { ...third, roles: ["mserver", "dbsrver" as "dbserver"] }],
    policy: { pause: "60" },
  });
  expect(text).toContain('version: "2.18"');
  expect(text).toContain("nodes[1]");
  expect(text).toContain('did you mean "dbserver"');
  expect(text).toContain('policy.pause: "60"');
  expect(text).not.toContain("PRIVATE KEY");
});

test("a host without a known key is refused", async () => {
  const args = cluster.args("2.18.0.0");
  const text = await previewWith({ ...args, ssh: { ...args.ssh, knownHosts: "" } });
  expect(text).toContain("host key");
});

test("a checksum that does not match stops the staging, and so the roll", async () => {
  const args = cluster.args("2.18.0.0");
  const text = await upWith({ ...args, release: { ...args.release, sha256: { "2.18.0.0": "0".repeat(64) } } });
  expect(text).toContain("sha256");
});

test("a host that nobody reaches by ssh stops the staging, and so the roll", async () => {
  const args = cluster.args("2.18.0.0");
  const text = await upWith({
    ...args,
    nodes: args.nodes.map((node, index) => (index === 1 ? { ...node, sshHost: "127.0.0.1" } : node)),
    ssh: {
      ...args.ssh,
      port: 9,
      knownHosts: undefined,
      hosts: Object.fromEntries(
        cluster.sandbox.hosts.map((host) => [
          host.name,
          { hostKey: host.hostKey, ...(host.name === "db2" ? {} : { port: host.sshPort }) },
        ]),
      ),
    },
  });
  expect(text).toMatch(/refused|unreachable/i);
});

test("a release that is not there is told by its staging command", async () => {
  const text = await upWith(cluster.args("2.19.0.0"));
  expect(text).toMatch(/2\.19\.0\.0/);
});

test("a cluster with a DBServer down is not begun with, and the preview says so", async () => {
  await cluster.sandbox.exec("db3", "pkill dbserver; while pgrep -x dbserver >/dev/null; do sleep 0.05; done");
  const [before] = await cluster.story();
  expect(before).toBe("stop dbserver db3 2.16.0.0");
  await cluster.mark();
  const preview = await stack.preview({ program: clusterProgram(cluster.args("2.18.0.0")) });
  expect(preview.diagnostics.map((diagnostic) => diagnostic.message).join("\n")).toContain("DBServer db3 is down");
  const text = await upWith(cluster.args("2.18.0.0"));
  expect(text).toContain("ProcessDown");
  expect(text).toContain("Nothing was changed");
  expect(await cluster.versions()).toEqual({ ...allOn(cluster, "2.16.0.0"), "dbserver db3": "down" });
});
