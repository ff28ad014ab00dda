// One cluster and one project for many interruptions: finished, the cluster is taken to the next release that the sandbox offers.

import { findBrokenRules } from "../../support/broken-rules";
import { allOn, startTestCluster, type TestCluster } from "../../support/sandbox-cluster";
import { type CliProject, createCliProject, type RunningUp, until } from "../cli-project";
import { findCluster } from "../cluster-stack";
import { type Interruption, isAt, SLOW_UPGRADE } from "./cases";
import { interrupt } from "./interrupt";

/** A short term of the lease, because some of the next ups wait for it. */
const POLICY = `{
    pause: "500ms",
    pollInterval: "200ms",
    timeouts: { gate: "20s", start: "30s", return: "30s", page: "3s", ssh: "5s", lease: "6s" },
  }`;

const FIRST_MINOR = 16;
const release = (index: number): string => `2.${FIRST_MINOR + 2 * index}.0.0`;

/** What an end without an answer leaves behind: a lock, and a state that knows nothing of the roll. */
const isSilent = ({ kind }: Interruption): boolean => kind.startsWith("SIGKILL") || kind === "SIGINT twice";

const stopsIn = (story: readonly string[]): string[] => story.filter((line) => line.startsWith("stop "));

export function rollThrough(interruptions: readonly Interruption[]): void {
  let cluster: TestCluster;
  let project: CliProject;
  let lastUp: RunningUp | undefined;

  beforeAll(async () => {
    const releases = [0, ...interruptions.map((_, index) => index + 1)].map(release);
    cluster = await startTestCluster({ releases });
    project = await createCliProject(cluster, POLICY);
    await project.adopt();
  });

  afterAll(async () => {
    await cluster?.remove();
    project?.remove();
  });

  const countDown = async (): Promise<number> =>
    Object.values(await cluster.versions()).filter((version) => version === "down").length;

  /** What the state says of each process, in the words of `TestCluster.versions`. */
  const savedVersions = async (): Promise<Record<string, string> | undefined> => {
    const outputs = findCluster(await project.exportState())?.outputs;
    if (outputs?.["version"] === "not known") return undefined;
    const processes = Object.entries((outputs?.["processes"] ?? {}) as Record<string, string>);
    return Object.fromEntries(
      processes.map(([name, version]) => [
        name.replace(/^\w+/, (role) => role.toLowerCase()),
        version.split("-")[0] ?? "",
      ]),
    );
  };

  /** A case that failed must not fail the next one. */
  const finishEarlier = async (version: string): Promise<void> => {
    await cluster.sandbox.setFaults([]);
    lastUp?.child.kill("SIGINT");
    await lastUp?.ended;
    const versions = Object.values(await cluster.versions());
    if (versions.every((each) => each === version)) return;
    await project.cli("cancel", "--yes");
    await project.want(version);
    await project.up();
  };

  const chooseHost = async ({ place }: Interruption): Promise<string> => {
    const touched = stopsIn(await cluster.story()).map((line) => line.split(" ")[2] ?? "");
    const untouched = cluster.sandbox.hosts.find(({ name }) => !touched.includes(name))?.name;
    return (place === "in the middle of the MServers" ? untouched : touched.at(-1)) ?? "db1";
  };

  const reach = async (one: Interruption, up: RunningUp, roll: { begin: number; target: string }): Promise<void> => {
    let isOver = false;
    void up.ended.then(() => {
      isOver = true;
    });
    await until(`the roll is ${one.place}`, async () => isOver || (await isAt(one.place, cluster, roll)), 180);
    if (isOver) throw new Error(`the roll ended before it was ${one.place}:\n${up.text()}`);
  };

  const cases = interruptions.map((one, index) => ({ ...one, from: release(index), target: release(index + 1) }));

  test.each(cases)(
    "$kind $place ($from to $target): nothing stays down, no orphan goes on, and the next up finishes",
    async ({ from, target, ...one }) => {
      await finishEarlier(from);
      const begin = (await cluster.sandbox.events()).length;
      await cluster.mark();
      await cluster.sandbox.setFaults(one.place === "during upgrade_bsql" ? [SLOW_UPGRADE] : []);
      await project.want(target);
      const up = project.startUp();
      lastUp = up;
      await reach(one, up, { begin, target });
      const stoppedBefore = stopsIn(await cluster.story()).length;
      const host = await chooseHost(one);
      const code = await interrupt(one, { cluster, project, up, from, host });
      await cluster.sandbox.setFaults([]);
      await until("the plugin ends", () => project.findPlugins().length === 0);

      const isReboot = one.kind === "reboot of a host";
      const isTrouble = isReboot || one.kind === "network cut to all hosts";
      const ofHost = isReboot ? [`mserver ${host}`, `dbserver ${host}`] : [];
      expect(await countDown()).toBeLessThanOrEqual(isReboot ? 2 : 1);
      // What its host was told to do as one act completes there.
      if (!isReboot) await until("nothing is down", async () => (await countDown()) === 0);
      const ended = await cluster.story();
      // One whose turn came while the signal was on its way. A run that nobody ended may see the trouble through.
      if (!isTrouble) expect(stopsIn(ended).length - stoppedBefore).toBeLessThanOrEqual(1);

      if (isSilent(one)) {
        await project.cli("cancel", "--yes");
        expect((await project.cli("refresh", "--yes")).code).toBe(0);
      }
      const saved = await savedVersions();
      if (one.kind !== "network cut to all hosts" || saved) expect(saved).toEqual(await cluster.versions());
      const isAsked = one.kind === "SIGINT" || one.kind === "SIGTERM";
      if (isAsked && code !== 0) {
        expect(up.text()).toContain("RunStopped");
        expect(up.text()).toContain("stopping at the next safe point");
      }
      if (code !== 0) expect(findCluster(await project.exportState())?.outputs?.["finalized"]).not.toBe(true);
      // The server finishes an upgrade of the catalog that it has begun.
      const since = (await cluster.story()).slice(ended.length);
      expect(since.filter((line) => line !== "upgrade bsql")).toEqual([]);

      const finished = await project.up();
      expect([finished.code, finished.code === 0 ? "" : finished.stdout + finished.stderr]).toEqual([0, ""]);
      // Whoever could still say so has given the lease back.
      if (isAsked) expect(finished.stdout).not.toMatch(/(waiting for|took over) the lease/);
      expect(code === 0 ? up.text() : finished.stdout).toContain(`6 processes on ${target}, finalized`);
      expect(await cluster.versions()).toEqual(allOn(cluster, target));
      const inHand = stopsIn(ended).at(-1)?.split(" ").slice(1, 3).join(" ") ?? "";
      const processes = Object.keys(await cluster.versions());
      const roll = { begin, processes, target, inHand: [inHand], notByUs: ofHost, isFinished: true };
      expect(findBrokenRules(await cluster.sandbox.events(), roll)).toEqual([]);
    },
    300_000,
  );
}
