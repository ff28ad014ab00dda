// Checked inputs → DesiredCluster: defaults applied, durations in milliseconds. Decides nothing.

import type { ClusterInputs, NodeInputs, ProcessStartInputs, SshInputs } from "./cluster-inputs";
import { DEFAULTS } from "./default-values";
import type { DesiredCluster, DesiredNode, Policy, ProcessStart, SshAccess } from "./desired";
import { parseDuration } from "./parse-duration";
import type { DesiredXdcr } from "./xdcr";

export function buildDesired(inputs: ClusterInputs): DesiredCluster {
  const { release, adminUi, bmAdmin } = inputs;
  return {
    version: inputs.version,
    nodes: inputs.nodes.map(buildNode),
    ssh: buildSsh(inputs.ssh),
    release: {
      url: release?.url ?? DEFAULTS.releaseUrl,
      sha256: Object.fromEntries(
        Object.entries(release?.sha256 ?? {}).map(([version, hex]) => [version, hex.toLowerCase()]),
      ),
      installDir: release?.installDir ?? DEFAULTS.installDir,
      extensions: release?.extensions,
      timeoutMs: ms(release?.timeout, DEFAULTS.releaseTimeout),
    },
    process: { mserver: buildStart(inputs.process?.mserver), dbserver: buildStart(inputs.process?.dbserver) },
    adminUi: {
      scheme: adminUi?.scheme ?? DEFAULTS.adminUiScheme,
      ca: adminUi?.ca,
      access: adminUi?.access ?? DEFAULTS.adminUiAccess,
    },
    bmAdmin: {
      host: bmAdmin?.host,
      certsDir: bmAdmin?.certsDir,
      timeoutMs: ms(bmAdmin?.timeout, DEFAULTS.bmAdminTimeout),
    },
    bsql: inputs.bsql,
    xdcr: buildXdcr(inputs.xdcr),
    policy: buildPolicy(inputs.policy),
    finalize: inputs.finalize ?? DEFAULTS.finalize,
  };
}

function buildNode(node: NodeInputs): DesiredNode {
  return {
    name: node.name,
    host: node.host,
    sshHost: node.sshHost ?? node.host,
    zone: node.zone,
    roles: [...node.roles],
    ports: { ...DEFAULTS.ports, ...withoutUndefined(node.ports ?? {}) },
  };
}

function buildSsh(ssh: SshInputs): SshAccess {
  const { bastion } = ssh;
  const user = ssh.user ?? DEFAULTS.sshUser;
  return {
    user,
    port: ssh.port ?? DEFAULTS.sshPort,
    privateKey: ssh.privateKey,
    passphrase: ssh.passphrase,
    agentSocketPath: ssh.agentSocketPath,
    knownHosts: ssh.knownHosts,
    hosts: ssh.hosts ?? {},
    bastion:
      bastion === undefined
        ? undefined
        : {
            host: bastion.host,
            port: bastion.port ?? DEFAULTS.sshPort,
            user: bastion.user ?? user,
            privateKey: bastion.privateKey,
            hostKey: bastion.hostKey,
          },
  };
}

function buildXdcr(xdcr: ClusterInputs["xdcr"]): DesiredXdcr | undefined {
  if (xdcr === undefined) return undefined;
  return {
    self: xdcr.self,
    links: xdcr.links.map(({ group, source, target }) => ({ group, source, target })),
    clusters: Object.fromEntries(
      Object.entries(xdcr.clusters).map(([name, cluster]) => [
        name,
        {
          mservers: cluster.mservers,
          httpPort: cluster.httpPort ?? DEFAULTS.ports.mserverHttp,
          adminHost: cluster.adminHost,
          releaseDir: cluster.releaseDir,
          certsDir: cluster.certsDir,
        },
      ]),
    ),
    lagTimeoutMs: ms(xdcr.lagTimeout, DEFAULTS.xdcrLagTimeout),
    isFinishedElsewhere: xdcr.finishedElsewhere ?? false,
  };
}

function buildStart(start: ProcessStartInputs | undefined): ProcessStart {
  return {
    args: start?.args,
    environment: start?.environment,
    output: start?.output,
    start: start?.start,
    stop: start?.stop,
  };
}

function buildPolicy(policy: ClusterInputs["policy"]): Policy {
  const { timeouts } = policy ?? {};
  const { timeouts: standard } = DEFAULTS;
  return {
    pauseMs: ms(policy?.pause, DEFAULTS.pause),
    pollIntervalMs: ms(policy?.pollInterval, DEFAULTS.pollInterval),
    firstPollIntervalMs: ms(policy?.firstPollInterval, DEFAULTS.firstPollInterval),
    returnPollIntervalMs: ms(policy?.returnPollInterval, DEFAULTS.returnPollInterval),
    actPollIntervalMs: ms(policy?.actPollInterval, DEFAULTS.actPollInterval),
    heartbeatAgeMaxMs: ms(policy?.heartbeatAgeMax, DEFAULTS.heartbeatAgeMax),
    followerLagMaxMs: ms(policy?.followerLagMax, DEFAULTS.followerLagMax),
    allowInterruption: policy?.allowInterruption ?? false,
    waive: policy?.waive ?? {},
    drainLeaders: policy?.drainLeaders ?? true,
    drainTimeoutMs: ms(policy?.drainTimeout, DEFAULTS.drainTimeout),
    onDrainTimeout: policy?.onDrainTimeout ?? DEFAULTS.onDrainTimeout,
    timeouts: {
      stopMs: ms(timeouts?.stop, standard.stop),
      startMs: ms(timeouts?.start, standard.start),
      returnMs: ms(timeouts?.return, standard.return),
      gateMs: ms(timeouts?.gate, standard.gate),
      sshMs: ms(timeouts?.ssh, standard.ssh),
      pageMs: ms(timeouts?.page, standard.page),
      leaseMs: ms(timeouts?.lease, standard.lease),
      bsqlUpgradeMs: ms(timeouts?.bsqlUpgrade, standard.bsqlUpgrade),
      bsqlRestMs: ms(timeouts?.bsqlRest, standard.bsqlRest),
      killMs: ms(timeouts?.kill, standard.kill),
      portsMs: ms(timeouts?.ports, standard.ports),
      childrenMs: ms(timeouts?.children, standard.children),
      appearMs: ms(timeouts?.appear, standard.appear),
      actMs: ms(timeouts?.act, standard.act),
      startCheckMs: ms(timeouts?.startCheck, standard.startCheck),
      handOverMs: ms(timeouts?.handOver, standard.handOver),
      blacklistMs: ms(timeouts?.blacklist, standard.blacklist),
      bmAdminGraceMs: ms(timeouts?.bmAdminGrace, standard.bmAdminGrace),
      autoFlagsMs: ms(timeouts?.autoFlags, standard.autoFlags),
    },
  };
}

function ms(text: string | undefined, standard: string): number {
  const duration = parseDuration(text ?? standard);
  // The schema has refused every other text; reaching this is our mistake.
  if (!duration.ok) throw new Error(`unchecked duration: it ${duration.why}`);
  return duration.value;
}

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
