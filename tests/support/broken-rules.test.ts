import type { SandboxEvent } from "../../sandbox/types";
import { findBrokenRules, type RollUnderJudgement } from "./broken-rules";

const OLD = "2.16.0.0";
const NEW = "2.18.0.0";
const HOSTS = ["db1", "db2", "db3"];
const processes = ["mserver", "dbserver"].flatMap((role) => HOSTS.map((host) => `${role} ${host}`));

let pid = 0;
const event = (name: SandboxEvent["event"], process: string, more: Partial<SandboxEvent> = {}): SandboxEvent => {
  const [role, host = ""] = process.split(" ");
  return { atMs: 0, event: name, host, role: role === "mserver" ? "mserver" : "dbserver", ...more };
};
const pids = new Map<string, number>();
const start = (process: string, version: string): SandboxEvent[] => {
  pid += 1;
  pids.set(process, pid);
  return [event("process_started", process, { version, pid }), event("process_serving", process, { version, pid })];
};
const stop = (process: string, version = OLD) =>
  event("process_stopped", process, { version, pid: pids.get(process) ?? 0 });
const restart = (process: string): SandboxEvent[] => [stop(process), ...start(process, NEW)];
const blacklist = (...hosts: string[]) => event("config_changed", "mserver db1", { leaderBlacklist: hosts });
const finalisation = [
  event("auto_flags_promoted", "mserver db1", { configVersion: 2 }),
  event("bsql_catalog_upgraded", "mserver db1"),
];

/** A cluster that runs, led by db3's MServer, and what then happened. */
function judge(happened: () => SandboxEvent[], more: Partial<RollUnderJudgement> = {}): string[] {
  const before = [
    ...processes.flatMap((process) => start(process, OLD)),
    event("leader_elected", "mserver db3"),
    blacklist(),
  ];
  return findBrokenRules([...before, ...happened()], {
    begin: before.length,
    processes,
    target: NEW,
    isFinished: false,
    ...more,
  });
}

const mservers = () => processes.slice(0, 3).flatMap(restart);

describe("the judge of a roll", () => {
  test("finds nothing wrong with one that went by the rules to its end", () => {
    const roll = () => [...processes.flatMap(restart), blacklist("db3"), blacklist(), ...finalisation];
    expect(judge(roll, { isFinished: true })).toEqual([]);
  });

  test("finds nothing wrong with a process that SIGKILL ended, which writes no event", () => {
    expect(judge(() => [...start("mserver db1", NEW), ...restart("mserver db2")])).toEqual([]);
  });

  test.each<[string, () => SandboxEvent[], RegExp]>([
    [
      "a SIGKILL while another process is down",
      () => [stop("mserver db1"), ...start("mserver db2", NEW)],
      /mserver db2 was stopped while mserver db1 did not serve \(P1\)/,
    ],
    [
      "a SIGKILL out of turn",
      () => start("dbserver db2", NEW),
      /dbserver db2 was stopped before mserver db1, mserver db2, mserver db3 was new \(D1\)/,
    ],
    [
      "a stop while another process is down",
      () => [stop("mserver db1"), stop("mserver db2")],
      /db1 did not serve \(P1\)/,
    ],
    [
      "a stop while another process has crashed",
      () => [
        event("process_crashed", "dbserver db1", { version: OLD, pid: pids.get("dbserver db1") ?? 0 }),
        stop("mserver db1"),
      ],
      /mserver db1 was stopped while dbserver db1 did not serve/,
    ],
    [
      "a stop before the previous process serves",
      () => [stop("mserver db1"), ...start("mserver db1", NEW).slice(0, 1), stop("mserver db2")],
      /P1/,
    ],
    [
      "a DBServer before the last MServer",
      () => restart("dbserver db1"),
      /before mserver db1, mserver db2, mserver db3 was new/,
    ],
    ["the leader MServer first", () => restart("mserver db3"), /mserver db3 led and was stopped before/],
    [
      "a process that is stopped twice",
      () => [...restart("mserver db1"), ...start("mserver db1", OLD), ...restart("mserver db1")],
      /stopped 2 times/,
    ],
    [
      "a new process that is stopped",
      () => [...restart("mserver db1"), stop("mserver db1", NEW)],
      /ran 2\.18\.0\.0 already/,
    ],
    [
      "an old binary that is started",
      () => [stop("mserver db1"), ...start("mserver db1", OLD)],
      /was started on 2\.16\.0\.0/,
    ],
    [
      "a promotion before all are new",
      () => [...mservers(), ...finalisation.slice(0, 1)],
      /promoted while dbserver db1/,
    ],
    [
      "a promotion while one is down",
      () => [...processes.flatMap(restart), stop("dbserver db3", NEW), ...finalisation],
      /promoted while dbserver db3/,
    ],
    [
      "a catalog before the promotion",
      () => [...processes.flatMap(restart), ...finalisation.slice(1)],
      /before AutoFlags were promoted/,
    ],
    ["a blacklist that is not empty", () => [blacklist("db3")], /1 DBServers are on the leader blacklist/],
  ])("sees %s", (_what, happened, words) => {
    expect(judge(happened).join("\n")).toMatch(words);
  });

  test("sees a roll that says it is finished and is not", () => {
    expect(judge(mservers, { isFinished: true })).toHaveLength(3);
  });

  test("lets a process in hand be stopped once more, and a supervisor start what it likes", () => {
    const twice = () => [stop("mserver db1"), ...start("mserver db1", OLD), ...restart("mserver db1")];
    expect(judge(twice, { inHand: ["mserver db1"] })).toEqual(["mserver db1 was started on 2.16.0.0"]);
    expect(judge(twice, { notByUs: ["mserver db1"] })).toEqual([]);
  });
});
