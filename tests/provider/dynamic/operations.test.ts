// What the engine gets when something ends before the first stop: a failure that saves the truth, or a plain error that saves nothing.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROVIDER_TEXT } from "../../../provider/dynamic/cluster-version";
import { diff } from "../../../provider/dynamic/diff";
import { create, read, remove, type SessionOpener, update } from "../../../provider/dynamic/operations";
import { finalisationOf } from "../../../provider/dynamic/saved-state";
import { errorOf } from "../../support/build-run";
import { type LoopbackCluster, startLoopbackCluster } from "../../support/loopback-cluster";

let cluster: LoopbackCluster;
let journals: string;
const VARIABLE = "PULUMI_BMDB_JOURNAL";
const before = process.env[VARIABLE];

beforeEach(async () => {
  journals = mkdtempSync(join(tmpdir(), "bmdb-operations-"));
  process.env[VARIABLE] = journals;
  cluster = await startLoopbackCluster();
});

afterEach(async () => {
  await cluster.stop();
  rmSync(journals, { recursive: true, force: true });
  if (before === undefined) delete process.env[VARIABLE];
  else process.env[VARIABLE] = before;
});

const stored = (version: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...cluster.inputs(version),
  wantedVersion: version,
  phase: "finished",
  finalizedVersion: version,
  clusterUuid: "c-1",
  processes: {},
  lastRun: {},
  __provider: PROVIDER_TEXT,
  ...more,
});

async function expectPlain(promise: Promise<unknown>): Promise<Error> {
  const error = await errorOf(promise);
  if (!(error instanceof Error)) throw error;
  expect(Object.keys(error).filter((key) => key !== "stack")).toEqual([]);
  expect(error.stack).toBe("");
  return error;
}

/** Its work is done to its end, and then nobody hears of it. */
const hangingAfter =
  (seen: string[]): SessionOpener =>
  (_inputs, desired) => {
    const sink = { emit: ({ text }: { text: string }) => void seen.push(text), flush: async () => undefined };
    return {
      sink,
      session: { desired, sink, signal: new AbortController().signal, workingDirectory: undefined },
      watch: async <T>(work: Promise<T>): Promise<T> => {
        await work.catch(() => undefined);
        throw new Error("it did not end");
      },
      close: async () => undefined,
    };
  };

describe("an update that stops after its plan was begun", () => {
  // The release is not staged on the host, so the very first gate stops it.
  const fail = async () =>
    (await errorOf(
      update("c-1", stored("2.16.0.0"), { ...cluster.inputs("2.18.0.0"), __provider: PROVIDER_TEXT }),
    )) as Error & { id: string; properties: Record<string, unknown>; reasons: string[] };

  test("has the id, one reason, and properties with the provider's text in them", async () => {
    const error = await fail();
    expect(error.id).toBe("c-1");
    expect(error.reasons).toHaveLength(1);
    expect(error.message).toBe(error.reasons[0]);
    expect(error.properties["__provider"]).toBe(PROVIDER_TEXT);
  });

  test("and then hangs stores neither the target nor what was before", async () => {
    const seen: string[] = [];
    const hanging = hangingAfter(seen);
    const error = (await errorOf(
      update("c-1", stored("2.16.0.0"), { ...cluster.inputs("2.18.0.0"), __provider: PROVIDER_TEXT }, hanging),
    )) as Error & { id: string; properties: Record<string, unknown> };
    expect(seen[0]).toMatch(/^2\.16\.0\.0 → 2\.18\.0\.0/);
    expect(error.id).toBe("c-1");
    expect(error.properties).toMatchObject({ version: "not known", phase: "upgrading", __provider: PROVIDER_TEXT });
    expect(error.message).toContain("it did not end");
  });

  test("and then hangs leaves the release that it rolled to as the one to be finished", async () => {
    const olds = stored("2.16.0.0", { phase: "adopted", finalizedVersion: "" });
    const error = (await errorOf(update("c-1", olds, cluster.inputs("2.18.0.0"), hangingAfter([])))) as Error & {
      properties: Record<string, unknown>;
    };
    expect(finalisationOf(error.properties)).toMatchObject({ unfinishedVersion: "2.18.0.0" });
  });

  test("leaves the release that runs as it was: neither unfinished nor ours to finalise", async () => {
    const olds = stored("2.16.0.0", { phase: "adopted", finalizedVersion: "" });
    const error = (await errorOf(update("c-1", olds, cluster.inputs("2.18.0.0")))) as Error & {
      properties: Record<string, unknown>;
    };
    expect(error.properties).toMatchObject({ phase: "adopted", wantedVersion: "2.16.0.0" });
    expect(finalisationOf(error.properties)).toMatchObject({
      adoptedVersion: "2.16.0.0",
      unfinishedVersion: undefined,
    });
  });

  test("stores what is the case, never the target", async () => {
    const { properties } = await fail();
    expect(properties).toMatchObject({
      version: "2.16.0.0",
      // Nothing was stopped: no roll is under way.
      wantedVersion: "2.16.0.0",
      phase: "finished",
      finalized: false,
      finalizedVersion: "2.16.0.0",
      clusterUuid: "c-1",
      processes: { "MServer db1": "2.16.0.0-b1", "DBServer db1": "2.16.0.0-b1" },
      lastRun: { outcome: "stopped", error: "GateClosed" },
    });
    expect(JSON.parse(JSON.stringify(properties))).toEqual(properties);
  });

  test("tells in its reason what, next, the versions, the plan with an arrow, and where the journal is", async () => {
    const { reasons } = await fail();
    const [reason = ""] = reasons;
    const run = join(journals, String(readdirSync(journals)[0]?.replace(/\.\w+$/, "")));
    expect(reason).toMatch(
      /^GateClosed {3}stopped at step 1 of \d+, check the whole cluster\n\t {2}what {2}release_is_staged/,
    );
    expect(reason).toContain("\n\t    MServer db1      2.16.0.0-b1");
    expect(reason).toMatch(/\n\t {2}→ {2}1 {2}check the whole cluster/);
    expect(reason).toContain(`\n\t  Journal: ${run}.jsonl\n\t  Report:  ${run}.html`);
  });

  test("leaves a report beside its journal, and says so in the outputs", async () => {
    const { properties } = await fail();
    expect(readdirSync(journals).map((name) => name.replace(/^[^.]+/, ""))).toEqual([".html", ".jsonl", ".md"]);
    const { report, summary } = properties["lastRun"] as Record<string, string>;
    expect(report).toBe(join(journals, String(readdirSync(journals)[0])));
    expect(readFileSync(report ?? "", "utf8")).toContain("Stopped at step 1 of ");
    expect(summary).toMatch(/^2\.16\.0\.0 → 2\.18\.0\.0: stopped at step 1 of \d+; 0 of \d+ steps done\n/);
  });

  test("shows no key and no escape sequence", async () => {
    const { reasons, properties } = await fail();
    expect(reasons.join()).not.toMatch(/PRIVATE KEY|\u001b/);
    const { ssh: _inputs, ...others } = properties;
    expect(JSON.stringify(others)).not.toContain("PRIVATE KEY");
  });
});

describe("plain errors, which leave the state alone", () => {
  test("an update that is refused before anything is begun", async () => {
    const error = await expectPlain(update("c-1", stored("2.16.0.0"), cluster.inputs("2.14.0.0")));
    expect(error.message).toMatch(/^DowngradeRefused\nwhat {2}/);
  });

  test("an update of a cluster that cannot be reached", async () => {
    await cluster.stopPages();
    const error = await expectPlain(update("c-1", stored("2.16.0.0"), cluster.inputs("2.18.0.0")));
    expect(error.message).toMatch(/^ClusterUnreachable\n/);
  });

  test("an update with inputs that are not usable", async () => {
    const error = await expectPlain(update("c-1", stored("2.16.0.0"), { version: "2.18" }));
    expect(error.message).toMatch(/^InputInvalid\n/);
  });

  test("a create that finds another version", async () => {
    const error = await expectPlain(create(cluster.inputs("2.18.0.0")));
    expect(error.message).toMatch(/^AdoptVersionDiffers\n/);
    expect(error.message).toContain('Write version: "2.16.0.0"');
  });

  test("a create with an ssh host that does not run the processes that answer", async () => {
    const error = await expectPlain(create(cluster.inputs("2.16.0.0")));
    expect(error.message).toMatch(/^ProcessNotOnHost\n/);
  });

  test("a read of a cluster that cannot be reached, which is never gone", async () => {
    await cluster.stopPages();
    const error = await expectPlain(read("c-1", stored("2.16.0.0")));
    expect(error.message).toMatch(/^ClusterUnreachable\n/);
  });
});

describe("reading", () => {
  test("tells the live version as output and as input", async () => {
    const { id, props, inputs } = await read("c-1", stored("2.18.0.0"));
    expect(id).toBe("c-1");
    expect(props).toMatchObject({
      version: "2.16.0.0",
      wantedVersion: "2.18.0.0",
      phase: "finished",
      finalized: false,
    });
    expect(inputs).toMatchObject({ version: "2.16.0.0", __provider: PROVIDER_TEXT });
    expect(props["__provider"]).toBe(PROVIDER_TEXT);
  });

  test.each([
    ["a roll of ours that did not get to its end", "2.16.0.0", { phase: "upgrading", finalizedVersion: "2.14.0.0" }],
    ["a release that somebody else rolled", "2.14.0.0", {}],
  ])("says of %s that its finalisation is missing, where a refresh shows what changed", async (_of, wanted, more) => {
    const { props, inputs } = await read("c-1", stored(wanted, more));
    expect(inputs["version"]).toBe("2.16.0.0, not finalized");
    expect(props).toMatchObject({ version: "2.16.0.0", finalized: false, phase: "upgrading" });
    expect(await diff("c-1", props, cluster.inputs("2.16.0.0"))).toEqual({ changes: true });
  });

  test("says nothing of it where the program leaves the finalisation to a person", async () => {
    const { inputs } = await read("c-1", stored("2.14.0.0", { finalize: "manual" }));
    expect(inputs["version"]).toBe("2.16.0.0");
  });

  test("of a cluster that was adopted keeps it adopted, so that drift alone promotes nothing", async () => {
    const { props } = await read("c-1", { ...stored("2.18.0.0"), phase: "adopted" });
    expect(props).toMatchObject({ version: "2.16.0.0", phase: "adopted" });
  });

  test("of an unchanged cluster gives back what was stored", async () => {
    const outputs = stored("2.16.0.0", { planSummary: "adopt 2 processes at 2.16.0.0" });
    const { props, inputs } = await read("c-1", outputs);
    expect(props).toMatchObject({ version: "2.16.0.0", phase: "finished", finalized: true });
    expect(inputs).toEqual({
      ...cluster.inputs("2.16.0.0"),
      planSummary: "adopt 2 processes at 2.16.0.0",
      __provider: PROVIDER_TEXT,
    });
  });
});

test("delete forgets and contacts nobody", async () => {
  await remove();
  expect(cluster.connectionCount()).toBe(0);
});
