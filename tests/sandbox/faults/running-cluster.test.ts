// The faults of tiles and leaders as a client of real processes sees them.

import { RealCluster, until } from "../processes/real-cluster";

const VERSION = "2.18.0.0";
const cluster = new RealCluster(22);

beforeAll(async () => {
  await cluster.install(VERSION);
  await cluster.startAll(VERSION);
});
afterAll(() => cluster.stopAll());
afterEach(async () => {
  cluster.setFaults([]);
  await until("one MServer leads", async () => (await claimants()).length === 1);
});

interface Entity {
  readonly type: string;
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

const lagsOf = async (host: string): Promise<number[]> =>
  (await cluster.json<Entity[]>(host, "dbserver", "/metrics?metrics=follower_lag_ms"))
    .filter(({ type }) => type === "tablet")
    .map(({ metrics }) => metrics[0]?.value ?? -1);

/** The hosts whose MServer says of itself that it leads. */
async function claimants(): Promise<string[]> {
  const answers = cluster.hosts.map(async (host) => {
    const answer = await cluster.get(host, "mserver", "/api/v1/is-leader").catch(() => undefined);
    return answer?.status === 200 ? [host] : [];
  });
  return (await Promise.all(answers)).flat();
}

const count = (event: string): number => cluster.events().filter((one) => one.event === event).length;

/** How many are in the one list of a JSON page. */
async function listed(path: string): Promise<number> {
  const lists = Object.values(await cluster.json<Record<string, unknown>>("h1", "mserver", path));
  return Array.isArray(lists[0]) ? lists[0].length : -1;
}

test("the lag of a DBServer that never catches up is in its metrics, and falls when the fault is cleared", async () => {
  cluster.setFaults([{ kind: "never_catches_up", host: "h2", lagMs: 20_000 }]);
  await until("it is behind", async () => Math.max(...(await lagsOf("h2"))) >= 20_000);
  expect(Math.max(...(await lagsOf("h1")), ...(await lagsOf("h3")))).toBeLessThan(10_000);
  cluster.setFaults([]);
  await until("it has caught up", async () => Math.max(...(await lagsOf("h2"))) < 2000);
});

test("tiles without a replica and without a leader are on the pages as long as the faults are set", async () => {
  cluster.setFaults([
    { kind: "tile_under_replicated", host: "h2" },
    { kind: "tile_leaderless", host: "h3", tiles: 2 },
  ]);
  await until("one lacks a replica", async () => (await listed("/api/v1/tablet-under-replication")) === 1);
  await until("two lack a leader", async () => (await listed("/api/v1/tablet-replication")) === 2);
  expect((await lagsOf("h2")).length).toBe((await lagsOf("h1")).length - 1);
  expect((await cluster.get("h1", "mserver", "/tablet-replication")).body).toMatch(/Underreplicated(.|\n)*<td>2<\/td>/);
  cluster.setFaults([]);
  await until("no one lacks a replica", async () => (await listed("/api/v1/tablet-under-replication")) === 0);
  await until("no one lacks a leader", async () => (await listed("/api/v1/tablet-replication")) === 0);
});

test("an old leader goes on claiming to lead while another one does, and its pages stand still", async () => {
  const [old = ""] = await claimants();
  const heard = async (): Promise<number[]> => {
    const [servers] = Object.values(
      await cluster.json<Record<string, Record<string, { time_since_hb_sec: number; status: string }>>>(
        old,
        "mserver",
        "/api/v1/tablet-servers",
      ),
    );
    return Object.values(servers ?? {}).map((server) => server.time_since_hb_sec);
  };
  cluster.setFaults([{ kind: "stale_leader", host: old, forMs: 6000 }]);
  await until("two claim to lead", async () => (await claimants()).length === 2);
  const { masters } = await cluster.json<{ masters: { role?: string }[] }>(old, "mserver", "/api/v1/masters");
  expect(masters.filter(({ role }) => role === "LEADER")).toHaveLength(2);
  const before = await heard();
  expect(before).toHaveLength(3);
  // A page of a leader that hears heartbeats never says the same twice.
  expect(await heard()).toEqual(before);
  await until("it has noticed", async () => !(await claimants()).includes(old));
});

test("the leader hands over at an event in the log that the processes share", async () => {
  const before = count("leader_elected");
  cluster.setFaults([{ kind: "leader_steps_down", onEvent: "process_serving", times: 1 }]);
  await cluster.stop("h2", "dbserver");
  await cluster.start("h2", "dbserver", VERSION);
  await until("another one leads", () => count("leader_elected") === before + 1);
  const serving = count("process_serving");
  await cluster.stop("h2", "dbserver");
  await cluster.start("h2", "dbserver", VERSION);
  await until("it serves again", () => count("process_serving") === serving + 1);
  expect(count("leader_elected")).toBe(before + 1);
});
