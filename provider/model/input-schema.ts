// The shape of the inputs, once, as a zod schema. Objects are strict: a misspelt property is a problem, not a
// setting that silently does nothing.

import { z } from "zod";
import type { ClusterInputs, TopologyInputs } from "./cluster-inputs";
import * as rule from "./input-rules";
import { whyNotHostKey, whyNotPrivateKey } from "./key-texts";
import { isName, shown, whyNotAbsolutePath, whyNotHost, whyNotPath, whyNotUser } from "./plain-word";
import { whyNotWaivable } from "./waivers";

const text = (why: rule.Rule) =>
  z.string().superRefine((value, context) => {
    const message = why(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const name = text((value) =>
  isName(value) ? undefined : `${shown(value)} is not a name; lower-case letters, digits and inner hyphens are allowed`,
);
const host = text(rule.showing(whyNotHost));
const user = text(rule.showing(whyNotUser));
const absolutePath = text(rule.showing(whyNotAbsolutePath));
const duration = text(rule.duration);
const durationAboveZero = text(rule.durationAboveZero);
const privateKey = text(whyNotPrivateKey);
const hostKey = text(whyNotHostKey);
const port = z.int("a whole number from 1 to 65535 is expected").min(1).max(65535);

const node = z.strictObject({
  name,
  host,
  sshHost: host.optional(),
  zone: text(
    rule.showing((value) => (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(value) ? undefined : "is not a zone name")),
  ).optional(),
  roles: z.array(z.enum(["mserver", "dbserver"])).min(1, 'is empty; give "mserver", "dbserver" or both'),
  ports: z
    .strictObject({
      mserverRpc: port.optional(),
      mserverHttp: port.optional(),
      dbserverRpc: port.optional(),
      dbserverHttp: port.optional(),
      bsql: port.optional(),
    })
    .optional(),
});

const ssh = z.strictObject({
  user: user.optional(),
  port: port.optional(),
  privateKey: privateKey.optional(),
  passphrase: z.string().optional(),
  agentSocketPath: text((value) => (value === "" ? "is empty" : rule.noControlCharacter(value))).optional(),
  knownHosts: z.string().optional(),
  hosts: z
    .record(
      z.string(),
      z.strictObject({ hostKey: hostKey.optional(), privateKey: privateKey.optional(), port: port.optional() }),
    )
    .optional(),
  bastion: z
    .strictObject({
      host,
      port: port.optional(),
      user: user.optional(),
      privateKey: privateKey.optional(),
      hostKey: hostKey.optional(),
    })
    .optional(),
});

const release = z.strictObject({
  url: text(rule.releaseUrl).optional(),
  sha256: z.record(z.string(), text(rule.sha256)).optional(),
  installDir: text(rule.installDir).optional(),
  extensions: text(rule.command).optional(),
  timeout: durationAboveZero.optional(),
});

const processStart = z.strictObject({
  args: z.array(text(rule.noControlCharacter)).optional(),
  environment: z.record(z.string(), text(rule.noNul)).optional(),
  output: absolutePath.optional(),
  start: text(rule.command).optional(),
  stop: text(rule.command).optional(),
});

const waivers = z.record(z.string(), text(rule.reason)).superRefine((value, context) => {
  for (const id of Object.keys(value)) {
    const message = whyNotWaivable(id);
    if (message !== undefined) context.addIssue({ code: "custom", path: [id], message });
  }
});

const policy = z.strictObject({
  pause: duration.optional(),
  pollInterval: durationAboveZero.optional(),
  firstPollInterval: durationAboveZero.optional(),
  returnPollInterval: durationAboveZero.optional(),
  actPollInterval: durationAboveZero.optional(),
  heartbeatAgeMax: durationAboveZero.optional(),
  followerLagMax: durationAboveZero.optional(),
  allowInterruption: z.boolean().optional(),
  waive: waivers.optional(),
  drainLeaders: z.boolean().optional(),
  drainTimeout: duration.optional(),
  onDrainTimeout: z.enum(["proceed", "stop"]).optional(),
  timeouts: z
    .strictObject({
      stop: durationAboveZero.optional(),
      start: durationAboveZero.optional(),
      return: durationAboveZero.optional(),
      gate: durationAboveZero.optional(),
      ssh: durationAboveZero.optional(),
      page: durationAboveZero.optional(),
      lease: durationAboveZero.optional(),
      bsqlUpgrade: durationAboveZero.optional(),
      bsqlRest: duration.optional(),
      kill: durationAboveZero.optional(),
      ports: durationAboveZero.optional(),
      children: durationAboveZero.optional(),
      appear: durationAboveZero.optional(),
      act: durationAboveZero.optional(),
      startCheck: durationAboveZero.optional(),
      handOver: durationAboveZero.optional(),
      blacklist: durationAboveZero.optional(),
      bmAdminGrace: durationAboveZero.optional(),
      autoFlags: durationAboveZero.optional(),
    })
    .optional(),
});

const xdcrLink = z.strictObject({ group: text(rule.replicationGroup), source: name, target: name });
const otherClusters = z.record(
  z.string(),
  z.strictObject({
    mservers: text(rule.mserverList),
    httpPort: port.optional(),
    adminHost: host,
    releaseDir: text(rule.showing(whyNotPath)),
    certsDir: absolutePath.optional(),
  }),
);

const xdcr = z.strictObject({
  self: name,
  links: z.array(xdcrLink).min(1, "is empty; name the replication groups, or leave `xdcr` out"),
  clusters: otherClusters,
  lagTimeout: durationAboveZero.optional(),
  finishedElsewhere: z.boolean().optional(),
});

export const clusterInputsSchema = z.strictObject({
  version: text(rule.version),
  nodes: z.array(node).min(1, "is empty; name the hosts of the cluster"),
  ssh,
  release: release.optional(),
  process: z.strictObject({ mserver: processStart.optional(), dbserver: processStart.optional() }).optional(),
  adminUi: z
    .strictObject({
      scheme: z.enum(["http", "https"]).optional(),
      ca: text(rule.certificate).optional(),
      access: z.enum(["direct", "ssh"]).optional(),
    })
    .optional(),
  bmAdmin: z
    .strictObject({ host: name.optional(), certsDir: absolutePath.optional(), timeout: durationAboveZero.optional() })
    .optional(),
  bsql: z.boolean().optional(),
  xdcr: xdcr.optional(),
  policy: policy.optional(),
  finalize: z.enum(["auto", "manual"]).optional(),
}) satisfies z.ZodType<ClusterInputs>;

export const memberInputsSchema = clusterInputsSchema.omit({ xdcr: true });

export const topologyInputsSchema = z.strictObject({
  clusters: z.record(z.string(), memberInputsSchema),
  links: z.array(xdcrLink).min(1, "is empty; name the replication groups, or make each cluster a BmCluster"),
  external: otherClusters.optional(),
  parallelClusters: z.boolean().optional(),
  lagTimeout: durationAboveZero.optional(),
}) satisfies z.ZodType<TopologyInputs>;
