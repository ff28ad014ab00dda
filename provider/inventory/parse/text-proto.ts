// Protobuf's text notation, as servers print their documents: `name: value` and `name { … }`. Types are not told, so
// numbers and true or false are taken for what they look like, unless they stand in quotes.

import { type Parsed, parsed, unparsed } from "../../model/fact";
import { excerpt } from "./excerpt";

export type ProtoValue = string | number | boolean | ProtoMessage;
export interface ProtoMessage {
  /** Every value of the field, in order: the notation does not tell which fields may be there once only. */
  readonly [field: string]: readonly ProtoValue[];
}

const TOKEN =
  /(?:\s|#[^\n]*(?:\n|$))*(?:([A-Za-z0-9_.+-]+)|("[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|'[^'\\\n]*(?:\\[^\n][^'\\\n]*)*')|([{}<>:;,]))\s*/y;
const DEPTH_MAX = 40;
const CLOSING = new Map([
  ["{", "}"],
  ["<", ">"],
]);

interface Token {
  readonly kind: "word" | "text" | "mark";
  readonly value: string;
}

export function parseTextProto(text: string): Parsed<ProtoMessage> {
  const tokens = readTokens(text);
  if (!tokens.ok) return tokens;
  const reader = { tokens: tokens.value, at: 0 };
  const message = readMessage(reader, undefined, 0);
  return message === undefined
    ? unparsed(`the text is not understood at "${excerpt(reader.tokens[reader.at]?.value ?? "its end", 40)}"`)
    : parsed(message);
}

function readTokens(text: string): Parsed<Token[]> {
  const tokens: Token[] = [];
  const body = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < body.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(body);
    if (match === null) return unparsed(`the text is not understood: ${excerpt(body.slice(from, from + 200), 60)}`);
    const [, word, quoted, mark] = match;
    if (word !== undefined) tokens.push({ kind: "word", value: word });
    else if (quoted !== undefined) tokens.push({ kind: "text", value: readEscapes(quoted.slice(1, -1)) });
    else tokens.push({ kind: "mark", value: mark ?? "" });
  }
  return parsed(tokens);
}

interface Reader {
  readonly tokens: readonly Token[];
  at: number;
}

/** Undefined: it is not well formed; `reader.at` is where. */
function readMessage(reader: Reader, closing: string | undefined, depth: number): ProtoMessage | undefined {
  if (depth > DEPTH_MAX) return undefined;
  const fields = new Map<string, ProtoValue[]>();
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === undefined) return closing === undefined ? Object.fromEntries(fields) : undefined;
    if (isMark(token, closing)) {
      reader.at += 1;
      return Object.fromEntries(fields);
    }
    if (token.kind !== "word") return undefined;
    reader.at += 1;
    const value = readValue(reader, depth);
    if (value === undefined) return undefined;
    const values = fields.get(token.value);
    if (values) values.push(value);
    else fields.set(token.value, [value]);
    if (isMark(reader.tokens[reader.at], ",") || isMark(reader.tokens[reader.at], ";")) reader.at += 1;
  }
}

function readValue(reader: Reader, depth: number): ProtoValue | undefined {
  const hasColon = isMark(reader.tokens[reader.at], ":");
  if (hasColon) reader.at += 1;
  const token = reader.tokens[reader.at];
  const closing = token?.kind === "mark" ? CLOSING.get(token.value) : undefined;
  if (closing !== undefined) {
    reader.at += 1;
    return readMessage(reader, closing, depth + 1);
  }
  if (token === undefined || token.kind === "mark" || !hasColon) return undefined;
  reader.at += 1;
  if (token.kind === "word") return plainValue(token.value);
  // Texts that follow each other are one.
  let text = token.value;
  for (let next = reader.tokens[reader.at]; next?.kind === "text"; next = reader.tokens[reader.at]) {
    text += next.value;
    reader.at += 1;
  }
  return text;
}

const isMark = (token: Token | undefined, mark: string | undefined): boolean =>
  token !== undefined && token.kind === "mark" && token.value === mark;

function plainValue(word: string): ProtoValue {
  if (word === "true" || word === "false") return word === "true";
  return /^-?\d{1,15}$/.test(word) ? Number(word) : word;
}

const NAMED: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, a: 7, b: 8, f: 12, v: 11 };

/** Bytes that are no letters are written as numbers, those of UTF-8 too. */
function readEscapes(text: string): string {
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(/\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|([\s\S]))/g)) {
    const [all, octal, hex, letter = ""] = match;
    parts.push(Buffer.from(text.slice(from, match.index)));
    const byte = octal ? Number.parseInt(octal, 8) : hex ? Number.parseInt(hex, 16) : NAMED[letter];
    parts.push(byte === undefined ? Buffer.from(letter) : Buffer.from([byte & 255]));
    from = match.index + all.length;
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(from))]).toString("utf8");
}
