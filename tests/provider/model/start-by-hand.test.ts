import { findStartByHand } from "../../../provider/model/start-by-hand";
import { buildDesired, buildInventory } from "../../support/build-cluster";

function find(mserverCount: number, lastAct: string | undefined) {
  const mservers = Array.from({ length: mserverCount }, (_, index) => [`m${index + 1}`, "mserver"] as const);
  const desired = buildDesired({
    nodes: { ...Object.fromEntries(mservers), d1: "dbserver" },
    more: { policy: { allowInterruption: true } },
  });
  const processes = { "mserver:m1": { down: true, ...(lastAct !== undefined && { lastAct }) } };
  return findStartByHand(desired, buildInventory(desired, { processes }));
}

test.each([1, 2])("an MServer of %d that a roll left down is to be started by hand", (count) => {
  expect(find(count, "2.18.0.0")).toEqual({
    node: "m1",
    role: "mserver",
    releaseDir: "~/softwarebm-2.18.0.0",
    isOwn: false,
  });
});

test("one of three is started by the next run, and one that we never touched is somebody else's", () => {
  expect(find(3, "2.18.0.0")).toBeUndefined();
  expect(find(1, undefined)).toBeUndefined();
});
