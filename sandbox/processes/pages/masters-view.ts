// The MServers as the asked one sees them: it asks each peer for its registration, one after another, and a peer that
// does not answer is shown with an error and without a role.

import type { Address, Registration } from "../../cluster/ports";
import type { RegistrationAnswer } from "../../cluster/requests";
import type { AskResult } from "../rpc-client";

export interface MServerView {
  readonly rpc: Address;
  readonly uuid?: string;
  readonly registration?: Registration;
  readonly role?: "LEADER" | "FOLLOWER";
  readonly error?: { readonly code: string; readonly message: string; readonly posixCode?: number };
}

export interface MServerAsker {
  readonly self: Address;
  readonly members: readonly Address[];
  answerSelf(): RegistrationAnswer;
  knownUuid(address: Address): string | undefined;
  ask(address: Address): Promise<AskResult<RegistrationAnswer>>;
}

export async function collectMServers(asker: MServerAsker): Promise<MServerView[]> {
  const views: MServerView[] = [];
  for (const address of asker.members) {
    if (address === asker.self) views.push(describe(address, asker.answerSelf()));
    else views.push(readPeer(asker, address, await asker.ask(address)));
  }
  return views;
}

function describe(rpc: Address, answer: RegistrationAnswer): MServerView {
  return { rpc, uuid: answer.registration.uuid, registration: answer.registration, role: answer.role };
}

function readPeer(asker: MServerAsker, address: Address, result: AskResult<RegistrationAnswer>): MServerView {
  if (result.kind === "reply" && result.reply.ok) return describe(address, result.reply.result);
  const uuid = asker.knownUuid(address);
  const cause = {
    refused: { code: "NETWORK_ERROR", text: "recvmsg error: Connection refused", posixCode: 111 },
    closed: { code: "NETWORK_ERROR", text: "recvmsg got EOF from remote", posixCode: 108 },
    timeout: { code: "TIMED_OUT", text: `GetMasterRegistration RPC to ${address} timed out`, posixCode: undefined },
    reply: { code: "SERVICE_UNAVAILABLE", text: "Service unavailable", posixCode: undefined },
  }[result.kind];
  const message = `Unable to get registration information for peer ([${address}]) id (${uuid ?? ""}): ${cause.text}`;
  return {
    rpc: address,
    ...(uuid === undefined ? {} : { uuid }),
    error: { code: cause.code, message, ...(cause.posixCode === undefined ? {} : { posixCode: cause.posixCode }) },
  };
}

const splitAddress = (address: Address): { host: string; port: number } => {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
};

/** `/api/v1/masters`. */
export function buildMastersDocument(views: readonly MServerView[]): unknown {
  return {
    masters: views.map(({ rpc, uuid, registration, role, error }) => {
      if (error !== undefined || registration === undefined) {
        return {
          error: {
            code: error?.code,
            message: error?.message,
            ...(error?.posixCode === undefined ? {} : { posix_code: error.posixCode }),
            source_file: "../../src/bm/util/net/socket.cc",
            source_line: 540,
          },
          instance_id: { ...(uuid === undefined ? {} : { permanent_uuid: uuid }), instance_seqno: 0 },
          registration: { private_rpc_addresses: [splitAddress(rpc)] },
        };
      }
      const { cloud, region, zone, startTimeUs } = registration;
      return {
        instance_id: { permanent_uuid: uuid, instance_seqno: startTimeUs, start_time_us: startTimeUs },
        registration: {
          private_rpc_addresses: [splitAddress(registration.rpc)],
          http_addresses: [splitAddress(registration.http)],
          cloud_info: { placement_cloud: cloud, placement_region: region, placement_zone: zone },
          placement_uuid: "",
        },
        role,
      };
    }),
  };
}
