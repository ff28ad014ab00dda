// States that real runs have saved, by schema version: read, diff, update and delete accept each of them, for ever.
//
// A new schema gets its own fixtures: `pulumi stack export`, the resource of type ClusterVersion, secrets taken out; old ones stay.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { diff } from "../../../provider/dynamic/diff";
import { read, remove, update } from "../../../provider/dynamic/operations";
import { pickInputs, SCHEMA_VERSION } from "../../../provider/dynamic/saved-state";
import { errorOf } from "../../support/build-run";
import { type LoopbackCluster, startLoopbackCluster } from "../../support/loopback-cluster";

const FOLDER = join(__dirname, "fixtures");
const savedSchema = z.looseObject({
  id: z.string(),
  outputs: z.looseObject({ schemaVersion: z.number(), phase: z.string(), finalizedVersion: z.string() }),
});
const saved = readdirSync(FOLDER)
  .filter((name) => /^state-\d+-\w+\.json$/.test(name))
  .map((name) => ({ name, ...savedSchema.parse(JSON.parse(readFileSync(join(FOLDER, name), "utf8"))) }));

let cluster: LoopbackCluster;
let journals: string;

beforeEach(async () => {
  journals = mkdtempSync(join(tmpdir(), "bmdb-saved-"));
  process.env["PULUMI_BMDB_JOURNAL"] = journals;
  cluster = await startLoopbackCluster();
});
afterEach(async () => {
  delete process.env["PULUMI_BMDB_JOURNAL"];
  await cluster.stop();
  rmSync(journals, { recursive: true, force: true });
});

test("there is a saved state of every schema until now", () => {
  const versions = new Set(saved.map(({ outputs }) => outputs.schemaVersion));
  expect([...versions].sort()).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1));
});

describe.each(saved)("$name", ({ id, outputs }) => {
  /** The saved outputs, about a cluster that answers here. */
  const here = () => ({ ...outputs, ...cluster.inputs("2.16.0.0"), clusterUuid: "c-1" });

  test("holds no secret", () => {
    expect(JSON.stringify(outputs)).not.toMatch(/PRIVATE KEY|ciphertext/);
  });

  test("is read: the live version, what is remembered stays, and the schema is today's", async () => {
    const answer = await read(id, here());
    expect(answer.id).toBe(id);
    expect(answer.props).toMatchObject({
      schemaVersion: SCHEMA_VERSION,
      version: "2.16.0.0",
      phase: outputs.phase,
      finalizedVersion: outputs.finalizedVersion,
    });
    expect(answer.inputs["version"]).toBe("2.16.0.0");
  });

  test("is compared without asking anybody: a roll that was not finished is a change, nothing else is", async () => {
    const news = { ...pickInputs(outputs), version: outputs["wantedVersion"], __provider: outputs["__provider"] };
    const isUnfinished = outputs.phase === "upgrading";
    const answer = await diff(id, outputs, news);
    expect(answer.changes === false).toBe(!isUnfinished);
    expect(cluster.connectionCount()).toBe(0);
  });

  test("is updated from: what it knows of the finalisation is kept by a run that stops", async () => {
    const error = (await errorOf(update(id, here(), cluster.inputs("2.18.0.0")))) as Error & {
      id?: string;
      properties?: Record<string, unknown>;
    };
    expect(error.message).toMatch(/^GateClosed/);
    expect(error.id).toBe(id);
    expect(error.properties).toMatchObject({
      schemaVersion: SCHEMA_VERSION,
      // No process of this cluster was changed.
      wantedVersion: outputs.wantedVersion,
      phase: outputs.phase,
      finalizedVersion: outputs.finalizedVersion,
    });
  });

  test("is forgotten", async () => {
    await expect(remove()).resolves.toBeUndefined();
  });
});
