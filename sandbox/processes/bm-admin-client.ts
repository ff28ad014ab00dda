// How bm-admin reaches the cluster: it looks for the leader MServer itself, until its time limit.

import type { Address } from "../cluster/ports";
import type { MServerRequest, RegistrationAnswer } from "../cluster/requests";
import { renderStatus, type Status } from "../cluster/status";
import type { AdminArguments } from "./bm-admin-args";
import type { RpcClient } from "./rpc-client";

/** An operation that failed; `line` is the status text. */
export class OperationFailed extends Error {
  constructor(
    readonly line: string,
    readonly isInvalidArgument = false,
  ) {
    super(line);
  }
}

/** No leader MServer could be reached. The text is complete: nothing is put before it. */
export class NoLeader extends Error {}

const LOOK_AGAIN_MS = 100;

/** How bm-admin gets to servers, and its time. */
export interface AdminWorld {
  readonly client: Pick<RpcClient, "ask" | "close">;
  nowMs(): number;
  sleep(ms: number): Promise<void>;
}

export class AdminClient {
  private leader: Address | undefined;
  members: readonly Address[];

  constructor(
    private readonly args: AdminArguments,
    private readonly version: string,
    private readonly world: AdminWorld,
  ) {
    this.members = args.mservers;
  }

  get timeoutMs(): number {
    return this.args.timeoutMs;
  }

  async askLeader<T>(request: MServerRequest): Promise<T> {
    return this.ask<T>(await this.findLeader(), request, request.op);
  }

  /** Raises `OperationFailed` with the server's status or with what the connection said. */
  async ask<T>(to: Address, request: unknown, rpcName: string, waitMs = this.args.timeoutMs): Promise<T> {
    const result = await this.world.client.ask<T>(to, request, Math.min(waitMs, this.args.timeoutMs));
    switch (result.kind) {
      case "reply":
        if (result.reply.ok) return result.reply.result;
        throw failedWith(result.reply.status);
      case "refused":
        throw new OperationFailed(
          "Network error (bm/util/net/socket.cc:540): recvmsg error: Connection refused (system error 111)",
        );
      case "closed":
        throw new OperationFailed(
          "Network error (bm/rpc/connection.cc:240): recvmsg got EOF from remote (system error 108)",
        );
      case "timeout": {
        const seconds = (this.args.timeoutMs / 1000).toFixed(3);
        throw new OperationFailed(
          `Timed out (bm/rpc/outbound_call.cc:484): ${rpcName} RPC (request call id 7) to ${to} timed out after ${seconds}s`,
        );
      }
    }
  }

  /** The registration of one MServer, or the name of the error that listing shows for it. */
  async describe(address: Address): Promise<RegistrationAnswer | "NETWORK_ERROR" | "TIMED_OUT"> {
    const result = await this.world.client.ask<RegistrationAnswer>(
      address,
      { op: "registration" },
      Math.min(1500, this.args.timeoutMs),
    );
    if (result.kind === "reply" && result.reply.ok) return result.reply.result;
    return result.kind === "timeout" ? "TIMED_OUT" : "NETWORK_ERROR";
  }

  async findLeader(): Promise<Address> {
    if (this.leader !== undefined) return this.leader;
    const untilMs = this.world.nowMs() + this.args.timeoutMs;
    let cause = "";
    for (;;) {
      for (const address of this.members) {
        const answer = await this.describe(address);
        if (typeof answer === "string") {
          cause = answer === "TIMED_OUT" ? "Timed out" : "Connection refused";
          continue;
        }
        if (answer.role === "LEADER") {
          this.leader = address;
          this.members = answer.members;
          return address;
        }
        // With one address given, or an incomplete list, the others are learnt from whoever answers.
        if (this.args.isInit) this.members = answer.members;
        cause = "Could not locate the leader master";
      }
      if (this.world.nowMs() >= untilMs) break;
      await this.world.sleep(LOOK_AGAIN_MS);
    }
    throw new NoLeader(this.renderNoLeader(cause));
  }

  /** Looks again and again until there is an answer; undefined when the time limit passed without one. */
  async waitFor<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
    const untilMs = this.world.nowMs() + this.args.timeoutMs;
    for (;;) {
      const seen = await look();
      if (seen !== undefined || this.world.nowMs() >= untilMs) return seen;
      await this.world.sleep(LOOK_AGAIN_MS);
    }
  }

  close(): void {
    this.world.client.close();
  }

  private renderNoLeader(cause: string): string {
    const [major = 0, minor = 0] = this.version.split(".").map(Number);
    const code = major > 2 || minor >= 20 ? "" : "Timed out (bm/tools/bm-admin_cli.cc:120): ";
    const list = this.args.mservers.join(",");
    return `${code}Unable to establish connection to leader master at [${list}]. Please verify the addresses and check if server is up, or if you're missing --certs_dir_name.\n\n${cause}`;
  }
}

function failedWith(status: Status): OperationFailed {
  return new OperationFailed(renderStatus(status), status.code === "Invalid argument");
}
