// Gates about replication, with links declared between this cluster (east) and another one (west).

import { known, unknown } from "../../support/build-cluster";
import { configWith, group, linked, peer } from "../../support/build-xdcr";
import { type GateCase, mserver } from "./gate-cases";

const start = { kind: "check_start" } as const;
const into = configWith(group("g2", false));
const paused = { config: configWith(group("g2", true)), xdcrPeers: [peer({ config: configWith(group("g1", true)) })] };

export const casesOfXdcr: readonly GateCase[] = [
  [
    "xdcr_is_paused",
    "declared links are active at the start, because the plan pauses them next",
    { step: start, cluster: linked(), inventory: { facts: { config: into, xdcrPeers: [peer()] } } },
    "open",
  ],
  [
    "xdcr_is_paused",
    "all declared links are paused before a stop",
    { step: mserver("db2"), cluster: linked(), inventory: { facts: paused } },
    "open",
  ],
  [
    "xdcr_is_paused",
    "a link into another cluster is active before a stop",
    { step: mserver("db2"), cluster: linked(), inventory: { facts: { ...paused, xdcrPeers: [peer()] } } },
    "stop: replication g1 (east → west) is active: somebody resumed it since this run paused it.",
  ],
  [
    "xdcr_is_paused",
    "a link into this cluster is active before a stop",
    { step: mserver("db2"), cluster: linked(), inventory: { facts: { ...paused, config: into } } },
    "stop: replication g2 (west → east) is active: somebody resumed it since this run paused it.",
  ],
  [
    "xdcr_is_paused",
    "nobody leads before an MServer is started",
    {
      step: { kind: "start_process", process: { node: "db2", role: "mserver" }, isForQuorum: true },
      cluster: linked(),
      inventory: { facts: { config: unknown("nobody leads") } },
    },
    "open",
  ],
  [
    "xdcr_is_paused",
    "nobody leads before a DBServer is started",
    {
      step: { kind: "start_process", process: { node: "db2", role: "dbserver" } },
      cluster: linked(),
      inventory: { facts: { config: unknown("nobody leads") } },
    },
    "wait: whether xDCR is active is not known: nobody leads.",
  ],
  [
    "xdcr_is_paused",
    "a link is active, and an MServer is started for the quorum",
    {
      step: { kind: "start_process", process: { node: "db2", role: "mserver" }, isForQuorum: true },
      cluster: linked(),
      inventory: { facts: { ...paused, config: into } },
    },
    "open",
  ],
  [
    "xdcr_is_paused",
    "the other cluster does not answer",
    {
      step: mserver("db2"),
      cluster: linked(),
      inventory: { facts: { ...paused, xdcrPeers: [peer({ config: unknown("silence") })] } },
    },
    "wait: whether g1 (east → west) is paused is not known: west: silence.",
  ],

  ["every_xdcr_link_is_declared", "there is no replication", { step: start }, "open"],
  [
    "every_xdcr_link_is_declared",
    "each group and each stream belongs to a declared link",
    {
      step: start,
      cluster: linked(),
      inventory: { facts: { config: into, cdcStreams: known(["s1"]), xdcrPeers: [peer()] } },
    },
    "open",
  ],
  [
    "every_xdcr_link_is_declared",
    "a group into this cluster is in no program",
    { step: start, inventory: { facts: { config: configWith(group("g2", true)) } } },
    'stop: replication group g2 into this cluster is not declared. Declare it: xdcr: { self: "this", links: [{ group: "g2", source: "other", target: "this" }], clusters: { other: { mservers: "10.1.0.1:11000", adminHost: "10.1.0.1", releaseDir: "~/softwarebm-VERSION" } } }',
  ],
  [
    "every_xdcr_link_is_declared",
    "one direction of a pair is forgotten",
    {
      step: start,
      cluster: linked([{ group: "g1", source: "east", target: "west" }]),
      inventory: { facts: { config: into, cdcStreams: known(["s1"]), xdcrPeers: [peer()] } },
    },
    'stop: replication group g2 into this cluster is not declared. Declare it: xdcr.links: { group: "g2", source: "west", target: "east" }',
  ],
  [
    "every_xdcr_link_is_declared",
    "somebody reads a stream that no declared target has",
    {
      step: start,
      cluster: linked(),
      inventory: { facts: { config: into, cdcStreams: known(["s1", "s9"]), xdcrPeers: [peer()] } },
    },
    'stop: 1 of 2 streams (s9) are read from this cluster by a link that is not declared. Declare it: xdcr.links: { group: "GROUP", source: "east", target: "other" }, xdcr.clusters: other: { mservers: "HOST:11000", adminHost: "HOST", releaseDir: "~/softwarebm-VERSION" }',
  ],
  [
    "every_xdcr_link_is_declared",
    "a cluster that the program knows reads by a group that it does not declare",
    {
      step: start,
      cluster: linked(),
      inventory: {
        facts: {
          config: into,
          cdcStreams: known(["s1", "s9"]),
          xdcrPeers: [peer({ config: configWith(group("g1", false), group("g9", false, ["s9"])) })],
        },
      },
    },
    'stop: 1 of 2 streams (s9) are read from this cluster by a link that is not declared. Declare it: xdcr.links: { group: "g9", source: "east", target: "west" }',
  ],
  [
    "every_xdcr_link_is_declared",
    "bm-admin does not tell the streams",
    { step: start, inventory: { facts: { cdcStreams: unknown("no leader") } } },
    "wait: what other clusters read from this one is not known: no leader.",
  ],

  [
    "xdcr_pause_fits_the_retention",
    "the source keeps four hours",
    { step: start, cluster: linked(), inventory: { facts: { config: into, xdcrPeers: [peer()] } } },
    "open",
  ],
  [
    "xdcr_pause_fits_the_retention",
    "a source keeps ten minutes",
    {
      step: start,
      cluster: linked(),
      inventory: { facts: { config: into, xdcrPeers: [peer({ walRetentionMs: known(600_000) })] } },
    },
    "stop: replication would be paused for about 13 min; a source forgets after 10 min what its target has not read (cdc_wal_retention_time_secs), and half of that is the limit.",
  ],
];
