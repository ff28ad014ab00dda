// A cluster that is read the way the product reads it, pages and hosts as texts, so that any one of them can be damaged.

import { collectHost } from "../../provider/inventory/collect-host";
import { collectInventory } from "../../provider/inventory/collect-inventory";
import { HOST_FACTS_BEGIN } from "../../provider/inventory/host-facts-command";
import { readStreams } from "../../provider/inventory/read-streams";
import type { Inventory } from "../../provider/model/inventory";
import { buildDesired, buildRunning } from "../support/build-cluster";
import { type Answers, answering, buildPages, dbserverUrl, mserverUrl, pagesOf } from "../support/cluster-pages";
import { saying } from "../support/fake-cluster";
import { renderHostFacts } from "../support/host-facts-text";
import { createVirtualClock } from "../support/virtual-clock";

export const desired = buildDesired();
const START_MS = 1_767_225_600_000;

const flagsPage = answering({
  flags: [
    { name: "fs_data_dirs", value: "/home/bigmath/data", type: "Custom" },
    { name: "log_dir", value: "/home/bigmath/logs", type: "Custom" },
    { name: "old_flag", value: "true", type: "Auto" },
    { name: "replication_factor", value: "3", type: "Default" },
    { name: "heartbeat_interval_ms", value: "1000", type: "Default" },
    { name: "enable_bsql", value: "true", type: "Default" },
  ],
});

/** Url or `node: what was asked` → the text of the answer. */
export type Texts = ReadonlyMap<string, string>;

export function healthyTexts(running: string): Map<string, string> {
  const answers = buildPages(desired, { running });
  for (const node of desired.nodes) {
    answers.set(mserverUrl(node, "/api/v1/varz"), flagsPage);
    answers.set(dbserverUrl(node, "/api/v1/varz"), flagsPage);
  }
  const texts = new Map(
    [...answers].flatMap(([url, answer]) => (answer.kind === "answer" ? [[url, answer.body]] : [])),
  );
  for (const { name } of desired.nodes) {
    const processes = (["mserver", "dbserver"] as const).map((role, index) =>
      buildRunning(role, running, { pid: 100 + index }),
    );
    texts.set(`${name}: facts`, withRoom(renderHostFacts(processes)));
    texts.set(
      `${name}: release`,
      'dir /home/bigmath/softwarebm-2.18.0.0\nmetadata {"version_number":"2.18.0.0","build_number":"1"}\nbinaries yes\nend\n',
    );
    texts.set(`${name}: details`, details);
    texts.set(`${name}: clock`, `${START_MS / 1000}.000000000\n`);
  }
  return texts;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const autoFlags = (...names: string[]): string =>
  base64(JSON.stringify({ auto_flags: [{ program: "mserver", flags: names.map((name) => ({ name })) }] }));
const details = [
  "logind-user ",
  "logind ",
  `kilobytes ${base64("1000000")}`,
  `binary ${base64("version 2.18.0.0 build 1 revision abc")}`,
  `extension ${base64("pg_stat_statements")}`,
  `running-extension ${base64("pg_stat_statements")}`,
  `running-auto-flags ${autoFlags("old_flag")}`,
  `auto-flags ${autoFlags("old_flag", "new_flag")}`,
  "pulumi-bmdb host-details 1 end",
  "",
].join("\n");

/** The disk and the memory, which the renderer leaves out. */
const withRoom = (facts: string): string =>
  facts.replace(
    "state-dir none\n",
    `meminfo ${base64("MemAvailable:    8000000 kB\n")}\ndisk-asked ${base64("/home")}\ndisk-measured ${base64("/home")}\ndisk-df ${base64("/dev/sda 100000000 50000000 50000000 50% /home\n")}\nstate-dir none\n`,
  );

export async function read(texts: Texts): Promise<Inventory> {
  const clock = createVirtualClock(START_MS);
  const answers: Answers = new Map([...texts].map(([url, text]) => [url, answering(text)]));
  const shell = {
    run: async (node: string, command: string) => {
      if (command.includes("list_cdc_streams")) return saying("CDC Streams: \r\n");
      const text = (what: string): string => texts.get(`${node}: ${what}`) ?? "";
      if (command.includes(HOST_FACTS_BEGIN)) return saying(text("facts") + text("release"));
      return saying(text(command.startsWith("date") ? "clock" : "details"));
    },
    close: async () => undefined,
  };
  // The same leader was seen before, as in a run that goes on.
  return collectInventory({
    desired,
    asking: { pages: pagesOf(answers), clock, timeoutMs: 1_000 },
    hosts: "all",
    isThorough: true,
    leaderMemory: { uuid: "m-db1", startTimeUs: 1_700_000_000_000_000, readingCount: 5, sinceMs: -600_000, atMs: 0 },
    readHost: (node, details) => collectHost({ shell, clock, desired, node, details }),
    readStreams: (view, node) => readStreams({ shell, clock }, desired, view, node),
  });
}
