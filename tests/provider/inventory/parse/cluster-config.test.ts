import { parseClusterConfig } from "../../../../provider/inventory/parse/cluster-config";
import { captured, renamed, valueFrom } from "./captured";

const group = (fields: object) => ({
  version: 1,
  cluster_uuid: "u",
  consumer_registry: { producer_map: [{ key: "g1", value: fields }] },
});

describe("parseClusterConfig", () => {
  it("reads a cluster with a replication factor", () => {
    expect(valueFrom(parseClusterConfig(captured("cluster-config.json")))).toEqual({
      configVersion: 9,
      clusterUuid: "44989a28-d951-43aa-bbb5-f065c4e0bd1f",
      replicationFactor: 3,
      leaderBlacklist: [],
      dataBlacklist: [],
      xdcrGroups: [],
    });
  });

  it("reads replication into this cluster, active unless it says disabled, under BMDB's names too", () => {
    const expected = [
      {
        group: "db8329ec-b249-490c-96d0-cbe6bfa6f0b6_setup1",
        isPaused: false,
        sourceMServers: ["172.151.17.239", "172.151.24.171", "172.151.22.212"].map((host) => ({ host, port: 7100 })),
        streamIds: [expect.stringMatching(/^[0-9a-f]{32}$/)],
      },
    ];
    const body = captured("cluster-config-xcluster-consumer.json");
    expect(valueFrom(parseClusterConfig(body)).xdcrGroups).toEqual(expected);
    expect(valueFrom(parseClusterConfig(renamed(body))).xdcrGroups).toEqual(expected);
  });

  it.each([
    [{ disable_stream: true }, true],
    [{ disable_stream: false }, false],
    [{}, false],
  ])("takes %j for paused: %s", (fields, isPaused) => {
    expect(valueFrom(parseClusterConfig(JSON.stringify(group(fields)))).xdcrGroups[0]?.isPaused).toBe(isPaused);
  });

  it("reads a map that is written as an object", () => {
    const body = {
      version: 1,
      cluster_uuid: "u",
      consumer_registry: { producer_map: { g1: { disable_stream: true } } },
    };
    expect(valueFrom(parseClusterConfig(JSON.stringify(body))).xdcrGroups).toEqual([
      { group: "g1", isPaused: true, sourceMServers: [], streamIds: [] },
    ]);
  });

  it("reads both blacklists apart", () => {
    const body = {
      version: 1,
      cluster_uuid: "u",
      server_blacklist: { hosts: [{ host: "10.0.0.9", port: 9100 }], initial_replica_load: 12 },
      leader_blacklist: { hosts: [{ host: "10.0.0.2", port: 9100 }], initial_leader_load: 8 },
    };
    expect(valueFrom(parseClusterConfig(JSON.stringify(body)))).toMatchObject({
      dataBlacklist: [{ host: "10.0.0.9", port: 9100 }],
      leaderBlacklist: [{ host: "10.0.0.2", port: 9100 }],
    });
  });

  it("reads a fresh cluster, where nearly nothing is set", () => {
    expect(valueFrom(parseClusterConfig('{"version":0,"cluster_uuid":"u"}'))).toMatchObject({
      configVersion: 0,
      replicationFactor: undefined,
      xdcrGroups: [],
    });
  });

  it.each([
    ["no version", { cluster_uuid: "u" }],
    ["no uuid", { version: 1 }],
    ["a pause that is no yes or no", group({ disable_stream: "true" })],
    ["replication that is no map", { version: 1, cluster_uuid: "u", consumer_registry: { producer_map: "none" } }],
    ["replication that is null", { version: 1, cluster_uuid: "u", consumer_registry: null }],
  ])("does not take a config with %s for one without replication", (_what, body) => {
    expect(parseClusterConfig(JSON.stringify(body)).ok).toBe(false);
  });
});
