// What is wrong with a cluster stays wrong when a part of the page that tells it is missing: every field in turn, every length.

import { gates } from "../../provider/gates";
import type { GateId } from "../../provider/model/gate-ids";
import type { PlanStep } from "../../provider/model/plan";
import { dbserverUrl, mserverUrl } from "../support/cluster-pages";
import { desired, healthyTexts, read } from "./known-cluster";
import { applyDamage, countFields } from "./mutate";

const OLD = "2.16.0.0-b1";
const NEW = "2.18.0.0-b1";
const stop = (role: "mserver" | "dbserver", node: string): PlanStep => ({
  kind: "restart_process",
  process: { role, node },
  from: "2.16.0.0",
  isLeader: false,
});

interface Trouble {
  readonly gate: GateId;
  readonly step: PlanStep;
  readonly running: string;
  /** Of the page, on every MServer, or of one process. */
  readonly page: string;
  readonly on: "mservers" | "db2";
  readonly edit: (json: Record<string, unknown>) => unknown;
  /** Fields without which the page says, truly, that there is no such thing: what is unset is left out in protobuf's JSON. */
  readonly mayBeLeftOut?: readonly string[];
}

const change = (holder: unknown, path: readonly (string | number)[], value: unknown): void => {
  const [key = "", ...rest] = path;
  if (typeof holder !== "object" || holder === null) throw new Error(`nothing at ${key}`);
  if (rest.length > 0) change(Reflect.get(holder, key), rest, value);
  else Reflect.set(holder, key, value);
};
const changed = (path: readonly (string | number)[], value: unknown) => (json: Record<string, unknown>) => {
  change(json, path, value);
  return json;
};

const troubles: Readonly<Record<string, Trouble>> = {
  "a tile is under-replicated": {
    gate: "no_tile_is_under_replicated",
    step: stop("dbserver", "db1"),
    running: NEW,
    page: "/api/v1/health-check",
    on: "mservers",
    edit: changed(["under_replicated_tablets"], ["t1"]),
    mayBeLeftOut: ["under_replicated_tablets.0"],
  },
  "a tile is under-replicated on the newer page": {
    gate: "every_tile_keeps_a_majority",
    step: stop("dbserver", "db1"),
    running: NEW,
    page: "/api/v1/tablet-under-replication",
    on: "mservers",
    edit: changed(["underreplicated_tablets"], [{ tablet_uuid: "t1", table_uuid: "x" }]),
    mayBeLeftOut: ["underreplicated_tablets.0"],
  },
  "a tile has no leader": {
    gate: "no_tile_is_leaderless",
    step: stop("dbserver", "db1"),
    running: NEW,
    page: "/api/v1/tablet-replication",
    on: "mservers",
    edit: changed(["leaderless_tablets"], [{ tablet_uuid: "t1", table_uuid: "x" }]),
    mayBeLeftOut: ["leaderless_tablets.0"],
  },
  "a DBServer is DEAD": {
    gate: "no_dbserver_is_down",
    step: stop("dbserver", "db1"),
    running: NEW,
    page: "/api/v1/tablet-servers",
    on: "mservers",
    edit: changed(["", "10.0.0.2:9000", "status"], "DEAD"),
  },
  "a heartbeat is old": {
    gate: "no_dbserver_is_down",
    step: stop("dbserver", "db1"),
    running: NEW,
    page: "/api/v1/tablet-servers",
    on: "mservers",
    edit: changed(["", "10.0.0.2:9000", "time_since_hb_sec"], 31.5),
  },
  "an MServer cannot be asked": {
    gate: "all_mservers_answer_and_one_leads",
    step: stop("mserver", "db2"),
    running: OLD,
    page: "/api/v1/masters",
    on: "mservers",
    edit: (json) => {
      change(json, ["masters", 2, "error"], { code: "NETWORK_ERROR", message: "refused" });
      change(json, ["masters", 2, "role"], undefined);
      return json;
    },
  },
  "replicas lag": {
    gate: "every_follower_is_current",
    step: stop("dbserver", "db1"),
    running: NEW,
    page: "/metrics?metrics=follower_lag_ms",
    on: "db2",
    edit: () =>
      [1, 48_000].map((value, index) => ({
        type: "tablet",
        id: `t${index}`,
        metrics: [{ name: "follower_lag_ms", value }],
      })),
    // A tile that is not there, or another kind of entity: how many there should be, the page does not say.
    mayBeLeftOut: ["1", "1.metrics", "1.metrics.0"],
  },
  "replication into the cluster is active": {
    gate: "xdcr_is_paused",
    step: { kind: "check_start" },
    running: OLD,
    page: "/api/v1/cluster-config",
    on: "mservers",
    edit: changed(["consumer_registry"], {
      producer_map: [{ key: "east", value: { disable_stream: false, master_addrs: [{ host: "h", port: 11_000 }] } }],
    }),
    mayBeLeftOut: ["consumer_registry", "consumer_registry.producer_map", "consumer_registry.producer_map.0"],
  },
  "a process runs the old release": {
    gate: "autoflags_need_one_version",
    step: { kind: "promote_auto_flags" },
    running: NEW,
    page: "/api/v1/version",
    on: "db2",
    edit: changed(["version_number"], "2.16.0.0"),
  },
  "a process tells where its data lies, inside a release": {
    gate: "data_is_outside_every_release",
    step: { kind: "check_start" },
    running: OLD,
    page: "/api/v1/varz",
    on: "db2",
    edit: changed(["flags", 0, "value"], "/home/bigmath/softwarebm-2.16.0.0/data"),
  },
  "a promoted flag is not in the new release": {
    gate: "promoted_flags_exist_in_the_new_release",
    step: { kind: "check_start" },
    running: OLD,
    page: "/api/v1/varz",
    on: "db2",
    edit: changed(["flags", 2, "name"], "flag_of_another_release"),
    // A flag that is not told is a flag that is not there.
    mayBeLeftOut: ["flags.2"],
  },
};

async function isClosed({ gate, step, running, page, on }: Trouble, text: string): Promise<boolean> {
  const texts = healthyTexts(running);
  for (const node of desired.nodes) {
    if (on === "mservers") texts.set(mserverUrl(node, page), text);
    else if (node.name === on) texts.set(dbserverUrl(node, page), text);
  }
  const inventory = await read(texts);
  const candidate = "process" in step ? step.process : undefined;
  const found = gates.find((each) => each.id === gate);
  if (!found?.before.includes(step.kind)) throw new Error(`${gate} is not asked before ${step.kind}`);
  return found.ask({ desired, inventory, step, candidate, toBeStarted: [] }).kind !== "open";
}

function textOf({ running, page, on, edit }: Trouble): string {
  const node = desired.nodes.find((each) => each.name === (on === "mservers" ? "db1" : on));
  if (node === undefined) throw new Error("no such node");
  const url = on === "mservers" ? mserverUrl(node, page) : dbserverUrl(node, page);
  return JSON.stringify(edit(JSON.parse(healthyTexts(running).get(url) ?? "{}")));
}

/** `masters.2.role`: every place in it, in the order of `countFields`. */
function listPlaces(value: unknown, above: readonly string[] = []): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [
    [...above, key].join("."),
    ...listPlaces(each, [...above, key]),
  ]);
}

describe.each(Object.entries(troubles))("%s", (_what, trouble) => {
  const text = textOf(trouble);

  test("closes its gate", async () => {
    expect(await isClosed(trouble, text)).toBe(true);
  });

  test.each(["drop_field", "null_field"] as const)("still does after %s of any one", async (kind) => {
    const places = listPlaces(JSON.parse(text));
    expect(places).toHaveLength(countFields(text));
    const opened: string[] = [];
    for (const [at, place] of places.entries())
      if (!(await isClosed(trouble, applyDamage(text, { kind, at })))) opened.push(place);
    const allowed = trouble.mayBeLeftOut ?? [];
    expect(opened.filter((place) => !allowed.includes(place))).toEqual([]);
  });

  test("still does when the page is cut off anywhere", async () => {
    const opened: number[] = [];
    for (let length = 0; length < text.length; length += Math.ceil(text.length / 60))
      if (!(await isClosed(trouble, text.slice(0, length)))) opened.push(length);
    expect(opened).toEqual([]);
  });
});
