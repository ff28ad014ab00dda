import { parseLeaderlessTiles } from "../../../../provider/inventory/parse/leaderless-tiles";
import { parseUnderReplicatedTiles } from "../../../../provider/inventory/parse/under-replicated-tiles";
import { valueFrom } from "./captured";

describe("parseLeaderlessTiles", () => {
  it("reads an empty list", () => {
    expect(valueFrom(parseLeaderlessTiles('{"leaderless_tablets":[]}'))).toEqual([]);
  });

  it("reads 2.18's entries and 2.20's reason, under BMDB's names too", () => {
    const body =
      '{"leaderless_tablets":[{"table_uuid":"a","tablet_uuid":"t1"},{"table_uuid":"a","tablet_uuid":"t2","reason":"No valid leader reported for 130 seconds"}]}';
    const expected = [
      { tileId: "t1", tableId: "a", reason: undefined },
      { tileId: "t2", tableId: "a", reason: "No valid leader reported for 130 seconds" },
    ];
    expect(valueFrom(parseLeaderlessTiles(body))).toEqual(expected);
    expect(valueFrom(parseLeaderlessTiles(body.replaceAll("tablet", "tile")))).toEqual(expected);
  });

  it.each(["{}", '{"leaderless_tablets":null}', '{"leaderless_tablets":[{}]}', '{"underreplicated_tablets":[]}', "[]"])(
    "does not take %s for an empty list",
    (body) => {
      expect(parseLeaderlessTiles(body).ok).toBe(false);
    },
  );
});

describe("parseUnderReplicatedTiles", () => {
  it("reads an empty list", () => {
    expect(valueFrom(parseUnderReplicatedTiles('{"underreplicated_tablets":[]}'))).toEqual([]);
  });

  it("reads entries and 2.20's placements, under BMDB's names too", () => {
    const body =
      '{"underreplicated_tablets":[{"table_uuid":"a","tablet_uuid":"t1"},{"table_uuid":"a","tablet_uuid":"t2","underreplicated_placements":["p1",""]}]}';
    const expected = [
      { tileId: "t1", tableId: "a", reason: undefined },
      { tileId: "t2", tableId: "a", reason: "in placement p1" },
    ];
    expect(valueFrom(parseUnderReplicatedTiles(body))).toEqual(expected);
    expect(valueFrom(parseUnderReplicatedTiles(body.replaceAll("tablet", "tile")))).toEqual(expected);
  });

  it.each(["{}", '{"underreplicated_tablets":""}', '{"leaderless_tablets":[]}'])(
    "does not take %s for an empty list",
    (body) => {
      expect(parseUnderReplicatedTiles(body).ok).toBe(false);
    },
  );
});
