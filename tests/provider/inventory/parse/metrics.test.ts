import { parseFollowerLag } from "../../../../provider/inventory/parse/follower-lag";
import { parseServerUptimeMs } from "../../../../provider/inventory/parse/server-uptime";
import { valueFrom, whyNot } from "./captured";

const tile = (id: string, value: unknown, name = "follower_lag_ms", type = "tablet") => ({
  type,
  id,
  attributes: { table_name: "t" },
  metrics: [{ name, value }],
});

describe("parseFollowerLag", () => {
  it("knows the largest lag, per tile and of all", () => {
    const body = JSON.stringify([tile("a", 12), tile("b", 48_000), tile("c", 0, "follower_lag_ms", "tile")]);
    const lag = valueFrom(parseFollowerLag(body));
    expect(lag.maxMs).toBe(48_000);
    expect(lag.tileCount).toBe(3);
    expect([...lag.msByTile]).toEqual([
      ["a", 12],
      ["b", 48_000],
      ["c", 0],
    ]);
  });

  it("does not take no replicas for no lag", () => {
    expect(valueFrom(parseFollowerLag("[]"))).toEqual({ maxMs: undefined, tileCount: 0, msByTile: new Map() });
  });

  it("passes over other metrics, other entities, histograms and entities without metrics", () => {
    const body = JSON.stringify([
      tile("a", 1),
      tile("a", 9_000, "max_follower_lag_ms_ago"),
      tile("t", 9_000, "follower_lag_ms", "table"),
      { type: "tablet", id: "b", metrics: [{ name: "follower_lag_ms", total_count: 3, mean: 2 }] },
      { type: "server", id: "yb.tabletserver" },
    ]);
    expect(valueFrom(parseFollowerLag(body))).toMatchObject({ maxMs: 1, tileCount: 1 });
  });

  it.each([undefined, null, "48000"])("refuses a lag that is %p: it may be the largest", (value) => {
    expect(whyNot(parseFollowerLag(JSON.stringify([tile("a", 1), tile("b", value)])))).toBe(
      "follower_lag_ms of b has no number",
    );
  });

  it("refuses a negative lag", () => {
    expect(whyNot(parseFollowerLag(JSON.stringify([tile("a", -5)])))).toBe("the lag of tile a is -5 ms");
  });

  it.each(["{}", '[{"type":"tablet"}]', "[1]", '[{"type":"tablet","id":"a","metrics":{}}]'])("refuses %s", (body) => {
    expect(parseFollowerLag(body).ok).toBe(false);
  });
});

describe("parseServerUptimeMs", () => {
  it("reads the uptime of the process", () => {
    expect(valueFrom(parseServerUptimeMs(JSON.stringify([tile("s", 1234, "server_uptime_ms", "server")])))).toBe(1234);
  });

  it("does not take an answer without it for a fresh start", () => {
    expect(whyNot(parseServerUptimeMs("[]"))).toBe("the answer has no server_uptime_ms");
  });
});
