// Hosts with one process instead of two, and a single MServer that the user accepts an interruption of.

import type { SandboxOptions } from "../../sandbox/types";
import { allOn, startTestCluster } from "../support/sandbox-cluster";
import { clusterProgram, createClusterStack } from "./cluster-stack";

jest.setTimeout(180_000);

const mserver = (name: string): SandboxOptions["hosts"][number] => ({ name, roles: ["mserver"], zone: "z1" });
const dbserver = (name: string, zone: string): SandboxOptions["hosts"][number] => ({ name, roles: ["dbserver"], zone });

test("separate hosts are upgraded MServers first, then DBServers zone by zone", async () => {
  const cluster = await startTestCluster({
    hosts: [
      mserver("m1"),
      mserver("m2"),
      mserver("m3"),
      dbserver("d1", "za"),
      dbserver("d2", "zb"),
      dbserver("d3", "za"),
    ],
  });
  const stack = await createClusterStack(cluster.args("2.16.0.0"));
  try {
    expect((await stack.up()).isOk).toBe(true);
    await cluster.mark();
    const result = await stack.up({ program: clusterProgram(cluster.args("2.18.0.0")) });
    expect(result.text).toContain("6 processes on 2.18.0.0, finalized");
    const stops = (await cluster.story()).filter((line) => line.startsWith("stop"));
    expect(stops.slice(0, 3).map((line) => line.split(" ")[1])).toEqual(["mserver", "mserver", "mserver"]);
    expect(stops.slice(3)).toEqual([
      "stop dbserver d1 2.16.0.0",
      "stop dbserver d3 2.16.0.0",
      "stop dbserver d2 2.16.0.0",
    ]);
    expect(await cluster.versions()).toEqual(allOn(cluster, "2.18.0.0"));
  } finally {
    await stack.remove();
    await cluster.remove();
  }
});

test("a single MServer is upgraded only with policy.allowInterruption", async () => {
  const cluster = await startTestCluster({
    hosts: [mserver("m1"), dbserver("d1", "za"), dbserver("d2", "zb"), dbserver("d3", "zc")],
  });
  const stack = await createClusterStack(cluster.args("2.16.0.0"));
  try {
    expect((await stack.up()).isOk).toBe(true);
    await cluster.mark();
    const refused = await stack.up({ program: clusterProgram(cluster.args("2.18.0.0")) });
    expect(refused.isOk).toBe(false);
    expect(refused.text).toContain("policy.allowInterruption: true");
    expect(await cluster.story()).toEqual([]);

    const policy = { ...cluster.inputs("2.18.0.0").policy, allowInterruption: true };
    const result = await stack.up({ program: clusterProgram(cluster.args("2.18.0.0", { policy })) });
    expect(result.text).toContain("4 processes on 2.18.0.0, finalized");
    expect((await cluster.story()).slice(0, 2)).toEqual(["stop mserver m1 2.16.0.0", "start mserver m1 2.18.0.0"]);
  } finally {
    await stack.remove();
    await cluster.remove();
  }
});
