// What bm-admin says about streams: `list_cdc_streams` on a source, `get_replication_status` on a target.

import { REPLICATION } from "../../dialect/bm-admin";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { CommandResult } from "../../ports";
import { hasSucceeded, parseFailure } from "./bm-admin";
import { type ProtoMessage, type ProtoValue, parseTextProto } from "./text-proto";

export interface StreamError {
  readonly stream: string;
  readonly error: string;
}

/** Ids of the streams that other clusters read. A bm-admin that does not know the operation belongs to a release without xDCR. */
export function parseCdcStreams(result: CommandResult): Parsed<readonly string[]> {
  if (!hasSucceeded(result)) {
    if (/invalid operation/i.test(`${result.stdout}\n${result.stderr}`)) return parsed([]);
    return unparsed(parseFailure(result).why);
  }
  const message = parseTextProto(result.stdout.replace(REPLICATION.streamsHeading, ""));
  if (!message.ok) return message;
  const streams = (message.value["streams"] ?? []).filter(isMessage).filter((stream) => !isForClients(stream));
  const ids = streams.map((stream) => stream["stream_id"]?.[0]);
  if (ids.some((id) => typeof id !== "string" && typeof id !== "number")) return unparsed("a stream has no id");
  return parsed(ids.map(String));
}

/** Streams of change data capture are read by clients, not by another cluster. */
const isForClients = (stream: ProtoMessage): boolean =>
  (stream["options"] ?? [])
    .filter(isMessage)
    .some((option) => option["key"]?.[0] === "source_type" && option["value"]?.[0] === "CDCSDK");

/** The streams with an error. A stream that is paused looks like any other. */
export function parseReplicationStatus(result: CommandResult): Parsed<readonly StreamError[]> {
  if (!hasSucceeded(result)) return unparsed(parseFailure(result).why);
  const message = parseTextProto(result.stdout);
  if (!message.ok) return message;
  return parsed(
    (message.value["statuses"] ?? []).filter(isMessage).flatMap((status) =>
      (status["errors"] ?? []).filter(isMessage).map((error) => ({
        stream: String(status["stream_id"]?.[0] ?? "a stream without an id"),
        error: String(error["error"]?.[0] ?? "an error without a name"),
      })),
    ),
  );
}

const isMessage = (value: ProtoValue): value is ProtoMessage => typeof value === "object";
