// Two sandboxes side by side on this machine, linked by the command line, as a rehearsal of an upgrade would have them.

import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { startTwoClusters, type TwoClusters } from "../../support/two-clusters";

const BIN = resolve(__dirname, "../../../dist/bin/pulumi-bmdb.js");

let clusters: TwoClusters;
beforeAll(async () => {
  clusters = await startTwoClusters({ walRetentionSeconds: 600 });
});
afterAll(() => clusters.remove());

const type = (...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((done) => {
    execFile(process.execPath, [BIN, "sandbox", ...words], (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
const steps = async (): Promise<string[]> =>
  (await clusters.story()).filter((text) => /set up|pause|resume|delete|error/.test(text));

describe("two sandboxes", () => {
  test("have addresses of their own", () => {
    const { east, west } = clusters;
    expect(east.sandbox.hosts[0]?.address).not.toBe(west.sandbox.hosts[0]?.address);
  });

  test("keep what a target has not read for as long as they were told to", async () => {
    const host = clusters.east.sandbox.hosts[0];
    for (const port of [10_000, 9000]) {
      const varz = await fetch(`http://${host?.address}:${port}/varz?raw`);
      expect(await varz.text()).toContain("--cdc_wal_retention_time_secs=600\n");
    }
  });

  test("are linked in both directions by one command, and a group is paused on its target only", async () => {
    const { east, west } = clusters;
    const directions = ["--source", east.sandbox.dir, "--target", west.sandbox.dir, "--group", "g1"];
    const linked = await type("link", ...directions, "--both");
    expect(linked).toMatchObject({ code: 0, stderr: "" });
    expect(linked.stdout).toBe(`g1 replicates: ${east.sandbox.dir} <-> ${west.sandbox.dir}\n`);
    expect(await steps()).toEqual(["west set up g1", "east set up g1"]);
    expect(await clusters.admin("west", "set_universe_replication_enabled g1 0")).toMatchObject({
      code: 0,
      stdout: "Replication disabled successfully\n",
    });
    expect((await steps()).slice(2)).toEqual(["west pause g1"]);
    expect(await clusters.violations()).toEqual([]);
    expect((await clusters.admin("west", "set_universe_replication_enabled g1 1")).code).toBe(0);
    expect((await clusters.admin("east", "delete_universe_replication g1")).code).toBe(0);
  });

  test("a link that cannot be is refused with its reason", async () => {
    const { dir } = clusters.east.sandbox;
    const itself = await type("link", "--source", dir, "--target", dir, "--group", "g2");
    expect(itself).toMatchObject({ code: 1, stderr: expect.stringContaining("cannot replicate from itself") });
    const nowhere = await type("link", "--source", dir, "--target", `${dir}-not`, "--group", "g2");
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining("No sandbox runs in") });
    const nameless = await type("link", "--source", dir, "--target", dir, "--group", "g 2");
    expect(nameless).toMatchObject({ code: 1, stderr: expect.stringContaining("not a name of a group") });
  });

  test("the logs tell that a process stopped and came back newer while a link was active", async () => {
    const { west } = clusters;
    const host = west.sandbox.hosts[0]?.name ?? "";
    await west.sandbox.exec(host, "pkill -x dbserver; while pgrep -x dbserver >/dev/null; do sleep 0.05; done");
    await installNewer(west.sandbox, host);
    await west.sandbox.exec(
      host,
      `cd softwarebm-2.18.0.0 || exit 1
setsid ./bin/dbserver --flagfile ../conf/dbserver.conf >>../logs/dbserver.out 2>&1 </dev/null &`,
    );
    const isTold = async (): Promise<boolean> =>
      (await clusters.violations()).some((text) => text === "west 2.18.0.0 read from 2.16.0.0 in g1");
    for (let i = 0; i < 600 && !(await isTold()); i++) await new Promise((again) => setTimeout(again, 50));
    expect(await clusters.violations()).toEqual([
      `g1 (east -> west) was active when dbserver ${host} of west stopped`,
      `g1 (east -> west) was active between 2.16.0.0 and 2.18.0.0 when dbserver ${host} of west came back`,
      "west 2.18.0.0 read from 2.16.0.0 in g1",
    ]);
  });
});

async function installNewer(sandbox: TwoClusters["west"]["sandbox"], host: string): Promise<void> {
  const archive = "bigmath-2.18.0.0.tar.gz";
  const folder = "softwarebm-2.18.0.0";
  const { code, stderr } = await sandbox.exec(
    host,
    `wget -q https://downloads.bigmath.com/${archive} && mkdir ${folder} && tar xf ${archive} -C ${folder} && cd ${folder} && ./bin/post_install.sh`,
  );
  if (code !== 0) throw new Error(stderr);
}
