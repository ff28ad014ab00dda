import { parseDBServerHealth } from "../../../../provider/inventory/parse/dbserver-health";
import { parseHealthCheck } from "../../../../provider/inventory/parse/health-check";
import { captured, renamed, valueFrom } from "./captured";

describe("parseHealthCheck", () => {
  it("reads a clean answer", () => {
    expect(valueFrom(parseHealthCheck(captured("health-check-clean.json")))).toEqual({
      deadDBServers: [],
      tilesUnderReplicated: [],
      mostRecentUptimeSec: 4434,
      leftOut: undefined,
    });
  });

  it("reads dead DBServers and under-replicated tiles, under BMDB's names too", () => {
    const health = valueFrom(parseHealthCheck(captured("health-check-dead-node.json")));
    expect(health.deadDBServers).toEqual(["b71db83686bb4f22a673875321d2499b", "26ab4e25230b462890c878c96c317baf"]);
    expect(health.tilesUnderReplicated).toHaveLength(12);
    expect(valueFrom(parseHealthCheck(renamed(captured("health-check-dead-node.json"))))).toEqual(health);
  });

  it("knows no uptime when no DBServer is alive", () => {
    const body = '{"dead_nodes":["a"],"most_recent_uptime":18446744073709551615,"under_replicated_tablets":[]}';
    expect(valueFrom(parseHealthCheck(body)).mostRecentUptimeSec).toBeUndefined();
  });

  it("keeps the note of newer releases on what was left out", () => {
    const body =
      '{"dead_nodes":[],"most_recent_uptime":1,"under_replicated_tablets":[],"error":[{"skipped tables":["t1"]}]}';
    expect(valueFrom(parseHealthCheck(body)).leftOut).toMatch(/skipped tables.*t1/);
  });

  it.each([
    [
      "an error beside empty lists",
      '{"dead_nodes":[],"most_recent_uptime":1,"under_replicated_tablets":[],"error":"not ready"}',
    ],
    ["an answer without the list of tiles", '{"dead_nodes":[],"most_recent_uptime":1}'],
    ["an answer without the list of dead DBServers", '{"most_recent_uptime":1,"under_replicated_tablets":[]}'],
    ["lists that are null", '{"dead_nodes":null,"most_recent_uptime":1,"under_replicated_tablets":null}'],
    ["a DBServer's page", '{"failed_tablets":[]}'],
  ])("does not take %s for health", (_what, body) => {
    expect(parseHealthCheck(body).ok).toBe(false);
  });
});

describe("parseDBServerHealth", () => {
  it("reads failed tiles, under BMDB's names too", () => {
    expect(valueFrom(parseDBServerHealth('{"failed_tablets":["t1"]}'))).toEqual({ failedTiles: ["t1"] });
    expect(valueFrom(parseDBServerHealth('{"failed_tiles":[]}'))).toEqual({ failedTiles: [] });
  });

  it("does not take an MServer's page for a DBServer's", () => {
    expect(parseDBServerHealth(captured("health-check-clean.json")).ok).toBe(false);
  });
});
