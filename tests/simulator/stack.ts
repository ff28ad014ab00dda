// A Pulumi stack as the engine would keep it: what the state holds, and `create`, `update` and `read` on it, through the
// product's own functions. Only the ports are not the product's.

import { create, type OpenSession, update } from "../../provider/dynamic/operations";
import { commandTimedOut, hostUnreachable } from "../../provider/errors/catalog";
import type { ClusterInputs } from "../../provider/model/cluster-inputs";
import type { DesiredCluster } from "../../provider/model/desired";
import type { ProgressEvent } from "../../provider/ports";
import type { MemoryCluster } from "../../sandbox/memory/memory-cluster";
import {
  createOperator,
  type Operator,
  type OperatorOptions,
  type ShellErrors,
} from "../../sandbox/memory/memory-ports";
import { HOST_KEY } from "../support/build-cluster";
import type { Shape } from "./shape";

const errors: ShellErrors = {
  unreachable: (node, isSent) => hostUnreachable({ node, address: `${node}:22`, cause: "no answer", isSent }),
  timedOut: (node, command, limitMs) => commandTimedOut({ node, purpose: command.slice(0, 40), limitMs, output: "" }),
};

export const PAUSE_MS = 20_000;
export const LEASE_TERM_MS = 24_000;

export function buildInputs(shape: Shape, version: string): ClusterInputs {
  return {
    version,
    nodes: shape.hosts.map(({ name, address, zone, roles }) => ({ name, host: address, zone, roles: [...roles] })),
    ssh: {
      agentSocketPath: "/run/agent",
      hosts: Object.fromEntries(shape.hosts.map(({ name }) => [name, { hostKey: HOST_KEY }])),
    },
    bmAdmin: { timeout: "20s" },
    policy: {
      pause: `${PAUSE_MS}ms`,
      pollInterval: "4s",
      drainLeaders: shape.drainLeaders,
      ...(shape.htmlOnly && { waive: { every_follower_is_current: "no page of this release tells it" } }),
      drainTimeout: "40s",
      timeouts: {
        stop: "20s",
        start: "60s",
        return: "90s",
        gate: "60s",
        ssh: "8s",
        page: "3s",
        lease: `${LEASE_TERM_MS}ms`,
        bsqlUpgrade: "2m",
      },
    },
  };
}

export interface RunEnd {
  /** Undefined: it succeeded. */
  readonly failure: string | undefined;
  /** What was saved at the end; undefined when nothing was begun and the state stayed as it was. */
  readonly saved: Record<string, unknown> | undefined;
}

export interface StartedRun {
  readonly operator: Operator;
  readonly version: string;
  readonly said: ProgressEvent[];
  /** Aborted: the run is cancelled. */
  readonly cancel: AbortController;
  /** Undefined while it goes on, and for ever when it was killed. */
  end: RunEnd | undefined;
}

export class Stack {
  id = "";
  outputs: Record<string, unknown> = {};
  private count = 0;

  constructor(
    private readonly cluster: MemoryCluster,
    private readonly shape: Shape,
    private readonly name = "prod",
  ) {}

  private open({ operator, said, cancel }: StartedRun) {
    return (_inputs: Record<string, unknown>, desired: DesiredCluster): OpenSession => ({
      session: {
        desired,
        sink: { emit: (event) => said.push(event) },
        signal: cancel.signal,
        workingDirectory: undefined,
        stack: `sim/${this.name}`,
        world: operator,
      },
      sink: { emit: (event) => said.push(event), flush: async () => undefined },
      watch: (work) => work,
      close: async () => undefined,
    });
  }

  private begin(version: string, options: Omit<OperatorOptions, "name" | "errors">): StartedRun {
    this.count += 1;
    const operator = createOperator(this.cluster, { ...options, name: `${this.name}-${this.count}`, errors });
    return { operator, version, said: [], cancel: new AbortController(), end: undefined };
  }

  /** Somebody who only looks. */
  visit(options: Omit<OperatorOptions, "name" | "errors">): Operator {
    return this.begin(this.shape.from, options).operator;
  }

  inputs(version: string): ClusterInputs {
    return buildInputs(this.shape, version);
  }

  adopt(options: Omit<OperatorOptions, "name" | "errors">): StartedRun {
    const run = this.begin(this.shape.from, options);
    create({ ...buildInputs(this.shape, this.shape.from) }, this.open(run)).then(
      ({ id, outs }) => {
        this.id = id;
        this.outputs = outs;
        run.end = { failure: undefined, saved: outs };
      },
      (error: unknown) => {
        run.end = { failure: String(error), saved: undefined };
      },
    );
    return run;
  }

  up(version: string, options: Omit<OperatorOptions, "name" | "errors">): StartedRun {
    const run = this.begin(version, options);
    update(this.id, this.outputs, { ...buildInputs(this.shape, version) }, this.open(run)).then(
      ({ outs }) => {
        this.outputs = outs;
        run.end = { failure: undefined, saved: outs };
      },
      (error: unknown) => {
        const { properties, message } = error as Error & { properties?: Record<string, unknown> };
        if (properties !== undefined) this.outputs = properties;
        run.end = { failure: message, saved: properties };
      },
    );
    return run;
  }
}
