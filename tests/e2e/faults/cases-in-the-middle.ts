// Troubles that end a roll at a process, or in the finalisation. One cluster meets them all, one after the other: each run
// gets as far as the next trouble, and the last one, without any, to the end.

import { NEW } from "../roll-driver";
import { findLeaderHost, startByHand, stopByHand } from "./by-hand";
import type { StoppingCase } from "./fault-case";

const LEFT_AT_PROCESS = /^Nothing else was stopped\./;
const LEFT_AT_PROMOTION = /^All processes run the new release; the BSQL catalog was not upgraded\./;

export const IN_THE_MIDDLE: readonly StoppingCase[] = [
  {
    title: "an MServer dies at its start on the new release",
    faults: [{ kind: "crash_at_start", host: "db2", role: "mserver", version: NEW }],
    inHand: "mserver db2",
    failure: {
      code: "DiedAtStart",
      what: [/MServer db2 was started from 2\.18\.0\.0 and ended by itself/],
      left: LEFT_AT_PROCESS,
    },
  },
  {
    title: "a supervisor restarts the old binary",
    faults: [{ kind: "supervisor_restarts_old", host: "db1", role: "dbserver" }],
    inHand: "dbserver db1",
    notByUs: ["dbserver db1"],
    failure: {
      code: "OldBinaryCameBack",
      what: [/DBServer db1/, /2\.16\.0\.0/, /its parent is process \d+ \(sh \S+supervisor-dbserver/],
      left: /./,
    },
  },
  {
    title: "a DBServer dies some time after its return",
    faults: [{ kind: "crash_while_serving", host: "db2", role: "dbserver", version: NEW, afterMs: 900 }],
    inHand: "dbserver db2",
    policy: { pause: "20s" },
    failure: { code: ["EndedByItself", "DiedAtStart"], what: [/DBServer db2/], left: LEFT_AT_PROCESS },
  },
  {
    title: "a DBServer never catches up after its restart",
    faults: [{ kind: "never_catches_up", host: "db3", version: NEW }],
    inHand: "dbserver db3",
    policy: { timeouts: { start: "10s", return: "10s" } },
    failure: {
      code: "DidNotReturn",
      what: [
        /DBServer db3 was restarted but is not back after [\d.]+ s, the limit/,
        /db3 is [\d.]+ s behind; the limit is 10 s/,
      ],
      left: LEFT_AT_PROCESS,
    },
  },
  {
    title: "bm-admin does not know promote_auto_flags",
    faults: [{ kind: "admin_lacks_operation", operation: "promote_auto_flags" }],
    failure: {
      code: "PromoteUnsupported",
      what: [/promote_auto_flags on db\d did not succeed/],
      left: LEFT_AT_PROMOTION,
    },
  },
  {
    title: "bm-admin says an error and exits with 0",
    faults: [{ kind: "admin_lies", operation: "promote_auto_flags", lie: "error_with_exit_0" }],
    policy: { timeouts: { gate: "15s" } },
    failure: { code: "PromoteFailed", what: [/promote_auto_flags on db\d did not succeed/], left: LEFT_AT_PROMOTION },
  },
];

/** An old leader MServer answers "No new AutoFlags to promote" to whoever asks it, with success. */
export const OLD_LEADER: StoppingCase = {
  title: "the leader MServer is an old one that says it is new, when the promotion is due",
  faults: [],
  failure: {
    code: "GateClosed",
    what: [/autoflags_need_one_version: /, /MServer db\d/, /2\.16\.0\.0/],
    left: /^Nothing was stopped\.|not touched/,
  },
  policy: { timeouts: { startCheck: "5s", gate: "5s" } },
  async prepare(cluster) {
    const host = await findLeaderHost(cluster);
    await stopByHand(cluster, host, "mserver");
    await startByHand(cluster, host, "mserver");
  },
};

export const CATALOG_FAILS: StoppingCase = {
  title: "upgrade_bsql meets a lasting error",
  faults: [{ kind: "bsql_upgrade_conflicts", times: 1, text: "Invalid argument: there is no such migration" }],
  failure: {
    code: "BsqlUpgradeFailed",
    what: [/upgrade_bsql failed once in [\d.]+ s on db\d; last: .*no such migration/],
    left: /^All processes run the new release and AutoFlags are promoted\./,
  },
};
