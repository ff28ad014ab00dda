// `/cluster-config`, the HTML twin of the JSON page: the same document in protobuf's text notation, inside `<pre>`.

import { parse } from "node-html-parser";
import { knownFieldName } from "../../dialect/fields";
import { type Parsed, unparsed } from "../../model/fact";
import type { ClusterConfig } from "../../model/pages";
import { shapeClusterConfig } from "./cluster-config";
import { excerpt } from "./excerpt";
import { findPageError } from "./find-page-error";
import { type ProtoMessage, type ProtoValue, parseTextProto } from "./text-proto";

const BODY_LENGTH_MAX = 8_000_000;

/** What may be there several times, and then is a list even when it is there once. */
const LISTS: readonly string[] = ["hosts", "producer_map", "stream_map", "master_addrs"];

export function parseClusterConfigPage(body: string): Parsed<ClusterConfig> {
  if (body.length > BODY_LENGTH_MAX) return unparsed(`the page is too long to read: ${body.length} characters`);
  const error = findPageError(body);
  if (error !== undefined) return unparsed(error);
  const opening = /<pre\b[^<>]{0,200}>/i.exec(body);
  if (opening === null) return unparsed(`the page shows no document: ${excerpt(body)}`);
  const length = body.slice(opening.index).search(/<\/pre\s*>/i);
  // What was cut off would pass for a document with less in it.
  if (length < 0) return unparsed("the page is cut off inside its document");
  const message = parseTextProto(parse(`${body.slice(opening.index, opening.index + length)}</pre>`).text);
  return message.ok ? shapeClusterConfig(toDocument(message.value)) : message;
}

const toDocument = (message: ProtoMessage): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(message).map(([field, values]) => {
      const name = knownFieldName(field);
      const documents = values.map((value) => toPlain(name, value));
      // Of a field that may be there once only, the last one counts.
      return [name, LISTS.includes(name) ? documents : documents.at(-1)];
    }),
  );

function toPlain(name: string, value: ProtoValue): unknown {
  if (typeof value === "object") return toDocument(value);
  // The page writes both as it likes; here they are names.
  return name === "key" || name === "host" ? String(value) : value;
}
