import { parseDBServers } from "../../../../provider/inventory/parse/dbservers";
import { captured, renamed, valueFrom, whyNot } from "./captured";

const server = { time_since_hb_sec: 61.2, status: "DEAD", uptime_seconds: 0 };

describe("parseDBServers", () => {
  it("reads the captured answer", () => {
    expect(valueFrom(parseDBServers(captured("tablet-servers.json")))).toEqual([
      {
        host: "yb-2.local",
        httpPort: 9000,
        heartbeatAgeSec: 0.82917897,
        status: "ALIVE",
        uptimeSec: 1517,
        zone: "local2",
        uuid: undefined,
        placementUuid: "",
        tiles: { user: 3, userLeaders: 1, system: 12, systemLeaders: 4, active: 15 },
        paths: [{ path: "/mnt/d0", usedBytes: 760074240, totalBytes: 10724835328 }],
        isBlacklisted: undefined,
        isLeaderBlacklisted: undefined,
      },
    ]);
  });

  it("reads the same under BMDB's names", () => {
    expect(parseDBServers(renamed(captured("tablet-servers.json")))).toEqual(
      parseDBServers(captured("tablet-servers.json")),
    );
  });

  it("reads the clusters of read replicas too, and 2.20's uuid", () => {
    const body = { a1: { "10.0.0.1:9000": { ...server, permanent_uuid: "f0" } }, b2: { "[::1]:9000": server } };
    const entries = valueFrom(parseDBServers(JSON.stringify(body)));
    expect(entries.map(({ host, placementUuid, uuid, status }) => [host, placementUuid, uuid, status])).toEqual([
      ["10.0.0.1", "a1", "f0", "DEAD"],
      ["::1", "b2", undefined, "DEAD"],
    ]);
  });

  it("takes a cluster without DBServers for an empty list", () => {
    expect(valueFrom(parseDBServers('{"":{}}'))).toEqual([]);
  });

  it("does not take an empty object for an empty list", () => {
    expect(whyNot(parseDBServers("{}"))).toMatch(/empty object/);
  });

  it("does not take a status it does not know for ALIVE", () => {
    const body = { "": { "a:9000": { ...server, status: "alive?" } } };
    expect(valueFrom(parseDBServers(JSON.stringify(body)))[0]?.status).toBe("UNKNOWN");
  });

  it.each([
    ["without a heartbeat", { "": { "a:9000": { status: "ALIVE", uptime_seconds: 1 } } }],
    ["without a status", { "": { "a:9000": { time_since_hb_sec: 0.1, uptime_seconds: 1 } } }],
    ["with a name that is no address", { "": { a: server } }],
    ["with a heartbeat as text", { "": { "a:9000": { ...server, time_since_hb_sec: "0.1s" } } }],
    ["that is a list", []],
    ["of another page", { leaderless_tablets: [] }],
  ])("refuses an answer %s", (_what, body) => {
    expect(parseDBServers(JSON.stringify(body)).ok).toBe(false);
  });
});
