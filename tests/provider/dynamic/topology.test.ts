// The two resources around a topology at the border to Pulumi. The hosts of these inputs do not exist: who contacts one fails.

import { xdcrPause, xdcrResume } from "../../../provider/dynamic/index";
import { member, topologyInputs } from "../../support/build-topology";
import { PRIVATE_KEY } from "../model/inputs-builder";

type Props = Record<string, unknown>;
const inputs = (changes: object = {}): Props => ({ ...topologyInputs(changes) });
const at = (east: string, west: string): Props =>
  inputs({ clusters: { east: member(1, { version: east }), west: member(2, { version: west }) } });
const reasonsOf = async (olds: Props, news: Props): Promise<string[]> =>
  ((await xdcrPause.check(olds, news)).failures ?? []).map(({ property, reason }) => `${property}${reason}`);

describe("the check of the pause", () => {
  test("tells every problem with its path, and shows no key", async () => {
    const wrong = inputs({ clusters: { east: member(1, { finalize: "manual" }), west: member(2, { version: "2" }) } });
    const reasons = await reasonsOf({}, wrong);
    expect(reasons).toEqual([
      expect.stringMatching(/^clusters\.west\.version: /),
      expect.stringMatching(/^clusters\.east\.finalize: "manual" and xdcr exclude each other/),
    ]);
    expect(reasons.join()).not.toContain(PRIVATE_KEY.slice(40, 60));
  });

  test("lets clusters of different releases be adopted, and refuses a change that leaves them so", async () => {
    expect(await reasonsOf({}, at("2.18.0.0", "2.16.0.0"))).toEqual([]);
    expect(await reasonsOf(at("2.18.0.0", "2.16.0.0"), at("2.18.0.0", "2.18.0.0"))).toEqual([]);
    expect(await reasonsOf(at("2.16.0.0", "2.16.0.0"), at("2.18.0.0", "2.16.0.0"))).toEqual([
      expect.stringMatching(/^clusters\.west\.version: "2\.16\.0\.0" is another release than "2\.18\.0\.0" of east/),
    ]);
  });

  test("says the change in one line, and keeps the line while the releases stay", async () => {
    const first = await xdcrPause.check({}, at("2.16.0.0", "2.16.0.0"));
    expect(first.inputs?.["planSummary"]).toBe("adopt east 2.16.0.0, west 2.16.0.0");
    const next = await xdcrPause.check(first.inputs ?? {}, at("2.18.0.0", "2.18.0.0"));
    expect(next.inputs?.["planSummary"]).toBe("east 2.16.0.0, west 2.16.0.0 → east 2.18.0.0, west 2.18.0.0");
    const same = await xdcrPause.check(next.inputs ?? {}, at("2.18.0.0", "2.18.0.0"));
    expect(same.inputs?.["planSummary"]).toBe(next.inputs?.["planSummary"]);
  });
});

describe("nobody is contacted", () => {
  test("when the clusters are adopted: the pause is only stored", async () => {
    const { id, outs } = await xdcrPause.create(inputs());
    expect(id).toBe("xdcr-pause");
    expect(outs).toMatchObject({ links: topologyInputs().links, lastRun: { id: "", outcome: "adopted" } });
  });

  test("when nothing changed", async () => {
    expect(await xdcrPause.diff("id", inputs(), inputs())).toEqual({ changes: false });
    const olds = { ...inputs(), ran: { pause: "" }, xdcrPaused: {} };
    expect(await xdcrResume.diff("id", olds, { ...inputs(), ran: { pause: "" } })).toEqual({ changes: false });
  });

  test("outside a preview, whatever changed", async () => {
    expect(await xdcrPause.diff("id", at("2.16.0.0", "2.16.0.0"), inputs())).toEqual({});
    expect(
      await xdcrResume.diff("id", { ...inputs(), ran: { pause: "a" } }, { ...inputs(), ran: { pause: "b" } }),
    ).toEqual({});
  });

  test("by a refresh, and by a destroy", async () => {
    const props = { ...inputs(), lastRun: { id: "r1" }, xdcrPaused: { "west:g1": "2026-11-23T22:00:00.000Z" } };
    expect(await xdcrPause.read("id", props)).toMatchObject({ id: "id", props });
    expect(await xdcrResume.read("id", props)).toEqual({ id: "id", props, inputs: inputs() });
    await xdcrPause.delete();
    await xdcrResume.delete();
  });
});

test("what is left paused is a change by itself", async () => {
  const olds = { ...inputs(), ran: { pause: "" }, xdcrPaused: { "west:g1": "2026-11-23T22:00:00.000Z" } };
  expect(await xdcrResume.diff("id", olds, { ...inputs(), ran: { pause: "" } })).toEqual({ changes: true });
});
