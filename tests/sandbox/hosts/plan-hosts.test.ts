import { planHosts } from "../../../sandbox/cli/layouts";
import { assertOptionsAreSound } from "../../../sandbox/hosts/check-options";
import type { SandboxOptions } from "../../../sandbox/types";

const short = (...args: Parameters<typeof planHosts>) =>
  planHosts(...args).map(({ name, roles, zone }) => `${name} ${roles.join("+")} ${zone}`);

describe("the hosts of `sandbox up`", () => {
  test("three hosts with both processes, one in each zone, are the default", () => {
    expect(short({ layout: "colocated" })).toEqual([
      "db1 mserver+dbserver z1",
      "db2 mserver+dbserver z2",
      "db3 mserver+dbserver z3",
    ]);
  });

  test("more hosts get DBServers only, after the first three", () => {
    expect(short({ layout: "colocated", hosts: 5 })).toEqual([
      "db1 mserver+dbserver z1",
      "db2 mserver+dbserver z2",
      "db3 mserver+dbserver z3",
      "db4 dbserver z1",
      "db5 dbserver z2",
    ]);
  });

  test("the separate layout gives every process a host of its own", () => {
    expect(short({ layout: "separate", mservers: 1, dbservers: 2 })).toEqual([
      "ms1 mserver z1",
      "db1 dbserver z1",
      "db2 dbserver z2",
    ]);
  });

  test("wishes that contradict each other are refused", () => {
    expect(() => planHosts({ layout: "separate", hosts: 3 })).toThrow("--hosts is for --layout colocated");
    expect(() => planHosts({ layout: "colocated", hosts: 2, mservers: 3 })).toThrow("2 hosts cannot carry 3 MServers");
  });
});

describe("the options of a sandbox", () => {
  const sound: SandboxOptions = { dir: "sandbox", version: "2.16.0.0", hosts: planHosts({ layout: "colocated" }) };

  test("sound ones pass", () => {
    expect(() => assertOptionsAreSound(sound)).not.toThrow();
  });

  test("all problems are told at once", () => {
    const hosts = [
      { name: "db1", roles: ["mserver"] as const },
      { name: "db1", roles: ["mserver"] as const },
      { name: "DB 2", roles: [] },
    ];
    const options = { ...sound, hosts, version: "2.16", timeScale: 0, tiles: 1.5, dir: 'a"b' };
    let message = "";
    try {
      assertOptionsAreSound(options);
    } catch (error) {
      message = String(error);
    }
    for (const part of [
      '"db1" is there twice',
      '"DB 2" is not a name',
      '"DB 2" has no role',
      "none has the role dbserver",
      '"2.16" is not one',
      "timeScale: 0",
      "tiles: 1.5",
      "dir: ",
    ]) {
      expect(message).toContain(part);
    }
  });
});
