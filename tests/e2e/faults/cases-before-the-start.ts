// Troubles that are there before the first stop: nothing may be stopped, and the error says what is wrong where.

import type { SandboxFault } from "../../../sandbox/types";
import { startByHand } from "./by-hand";
import type { FaultCase, StoppingCase } from "./fault-case";

/** Three readings in a row must be had in it, on a busy machine too. */
const policy: FaultCase["policy"] = { timeouts: { startCheck: "5s" } };
const atTheStart = (title: string, faults: SandboxFault[], what: RegExp[], more: Partial<StoppingCase> = {}) => ({
  title,
  faults,
  policy,
  failure: { code: "GateClosed", what: [...what], left: /^Nothing was stopped\./ },
  ...more,
});
const LIMIT = /It was so for [\d.]+ s, the limit/;
const MSERVERS = ["db1", "db2", "db3"];

export const BEFORE_THE_START: readonly StoppingCase[] = [
  atTheStart(
    "a tile is under-replicated",
    [{ kind: "tile_under_replicated", host: "db2" }],
    [/no_tile_is_under_replicated: 1 tiles have fewer replicas than they should \(\S+\)/, LIMIT],
  ),
  atTheStart(
    "a tile has no leader",
    [{ kind: "tile_leaderless", host: "db2" }],
    [/no_tile_is_leaderless: 1 tiles have no leader \(\S+\)/, LIMIT],
  ),
  atTheStart(
    "a DBServer's replicas never catch up",
    [{ kind: "never_catches_up", host: "db3" }],
    [/every_follower_is_current: a replica on DBServer db3 is [\d.]+ s behind; the limit is 10 s/, LIMIT],
  ),
  atTheStart(
    "a host's clock is ahead",
    [{ kind: "clock_skew", host: "db2", offsetMs: 5000 }],
    [/clocks_agree: the clocks of db1 and db2 differ by \d+ ms \(± \d+ ms\); the limit is 100 ms/],
  ),
  atTheStart(
    "a disk is full",
    [{ kind: "disk_full", host: "db2", only: "df" }],
    [/disks_have_room: \S+ on db2 has 0\.0 GB left; twice the release is [\d.]+ GB/],
  ),
  atTheStart(
    "every page of the cluster's health answers an error with status 200",
    MSERVERS.map((host) => ({ kind: "page_error_with_200", host, role: "mserver", path: "/api/v1/health-check" })),
    [/no_tile_is_under_replicated: whether tiles are under-replicated is not known/, LIMIT],
  ),
  atTheStart(
    "a DBServer's page answers a malformed 503",
    [{ kind: "page_answers_503", host: "db2", role: "dbserver", path: "/metrics" }],
    [/every_follower_is_current: how far DBServer db2 lags is not known/, LIMIT],
  ),
  atTheStart(
    "a DBServer's page ends in the middle of its document",
    [{ kind: "page_half_json", host: "db1", role: "dbserver", path: "/metrics" }],
    [/every_follower_is_current: how far DBServer db1 lags is not known/, LIMIT],
  ),
  atTheStart(
    "a page hangs",
    [{ kind: "page_hangs", host: "db1", role: "dbserver", path: "/api/v1/version" }],
    [/DBServer db1 could not be asked for its version: .*1 s/],
    {
      policy: { timeouts: { ...policy?.timeouts, page: "1s" } },
      failure: {
        code: "ProcessUnseen",
        what: [/DBServer db1 could not be asked for its version: .+/],
        left: /^Nothing was changed\./,
      },
    },
  ),
  atTheStart(
    "the MServers answer for another cluster",
    MSERVERS.map((host) => ({ kind: "page_of_other_cluster", host, role: "mserver", path: "/api/v1/cluster-config" })),
    [],
    {
      failure: {
        code: "AnotherCluster",
        what: [/belong to the cluster [0-9a-f-]{36}; this resource is about [0-9a-f-]{36}/],
        left: /^Nothing was changed\./,
      },
    },
  ),
  atTheStart(
    "the new release lacks an extension",
    [{ kind: "extension_missing", name: "postgis" }],
    [/extensions_are_in_the_new_release: the new release on db\d lacks the extension postgis/],
  ),
  atTheStart("an MServer is down already", [{ kind: "kill_process", host: "db2", role: "mserver" }], [], {
    failure: { code: "ProcessDown", what: [/MServer db2 is down: /], left: /^Nothing was changed\./ },
    repair: (cluster) => startByHand(cluster, "db2", "mserver"),
  }),
  atTheStart(
    "a DBServer is dead but still shown ALIVE",
    [{ kind: "kill_process", host: "db3", role: "dbserver" }],
    [],
    {
      failure: { code: "ProcessDown", what: [/DBServer db3 is down: /], left: /^Nothing was changed\./ },
      repair: (cluster) => startByHand(cluster, "db3", "dbserver"),
    },
  ),
];
