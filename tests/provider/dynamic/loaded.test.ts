// What a preview without changes loads: Pulumi starts a process for it each time, and what it never uses it should not pay for.

import type { provider as Provider } from "../../../provider/dynamic";
import { errorOf } from "../../support/build-run";
import { inputs } from "../model/inputs-builder";

const NEEDED_FOR_CONTACT = ["ssh2", "undici", "node-html-parser"];
const loaded: string[] = [];
let provider: typeof Provider;

beforeAll(() => {
  for (const name of NEEDED_FOR_CONTACT)
    jest.doMock(name, () => {
      loaded.push(name);
      return jest.requireActual(name);
    });
  ({ provider } = require("../../../provider/dynamic") as { provider: typeof Provider });
});

test("a preview without changes loads nothing that contacts a cluster", async () => {
  const news = { ...inputs() };
  const olds = { ...news, wantedVersion: news.version, phase: "finished" };
  const checked = await provider.check(olds, { ...news, __ctx: { urn: "urn:test", dryRun: true } });
  expect(checked.failures).toBeUndefined();
  expect(await provider.diff("c-1", olds, checked.inputs ?? {})).toEqual({ changes: false });
  expect(loaded).toEqual([]);
});

test("the first call that contacts a cluster loads all of it, before it does anything", async () => {
  await errorOf(provider.read("c-1", {}));
  expect([...loaded].sort()).toEqual([...NEEDED_FOR_CONTACT].sort());
});
