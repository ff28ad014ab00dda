import { knownFieldName } from "../../../provider/dialect/fields";

describe("knownFieldName", () => {
  it.each([
    ["user_tiles_total", "user_tablets_total"],
    ["leaderless_tiles", "leaderless_tablets"],
    ["tile_uuid", "tablet_uuid"],
    ["mservers", "masters"],
    ["mserver_addrs", "master_addrs"],
  ])("reads %s as %s", (name, expected) => {
    expect(knownFieldName(name)).toBe(expected);
  });

  it.each([
    "percentile_75",
    "projectiles",
    "hostile",
    "dbserver_uuid",
    "masters",
    "user_tablets_total",
    "",
    "__proto__",
  ])("leaves %j alone", (name) => {
    expect(knownFieldName(name)).toBe(name);
  });
});
