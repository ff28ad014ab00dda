// What a single value must look like. Every rule returns why the value is refused, or undefined.
// Rules that compare values with each other are in check-cluster.ts.

import { parseDuration } from "./parse-duration";
import { shown, unsafeCharacter, whyNotHost, whyNotPath } from "./plain-word";
import { parseVersion } from "./version";

/** Why a text is refused, or undefined when it is fine. */
export type Rule = (text: string) => string | undefined;

export const isVersion = (text: string): boolean => parseVersion(text) !== undefined;

export const version: Rule = (text) =>
  isVersion(text) ? undefined : `${shown(text)} is not a version; write it like "2.18.0.0" or "2.18.0.0-b68"`;

/** Puts the refused text before the reason. Not for values that may be secret. */
export const showing =
  (rule: Rule): Rule =>
  (text) => {
    const why = rule(text);
    return why === undefined ? undefined : `${shown(text)} ${why}`;
  };

export const duration: Rule = (text) => {
  const result = parseDuration(text);
  return result.ok ? undefined : `${shown(text)} ${result.why}`;
};

export const durationAboveZero: Rule = (text) => {
  const result = parseDuration(text);
  if (!result.ok) return `${shown(text)} ${result.why}`;
  return result.value > 0 ? undefined : `${shown(text)} must be more than zero`;
};

export const sha256: Rule = (text) => {
  if (!/^[0-9a-fA-F]*$/.test(text)) return `${shown(text)} is not hexadecimal; a sha256 has 64 hexadecimal digits`;
  return text.length === 64 ? undefined : `has ${text.length} hexadecimal digits; a sha256 has 64`;
};

const VERSION_PLACE = "{version}";

/** May hold a password or a signature, so its text is never shown. */
export const releaseUrl: Rule = (text) => {
  if (!/^https?:\/\/[^/]/.test(text)) return "must begin with https:// or http://";
  if (!text.includes(VERSION_PLACE)) return `must contain ${VERSION_PLACE}, which stands for the release`;
  // A question mark and what joins a query's parts belong to addresses; the script quotes them.
  const unsafe = unsafeCharacter(text.replaceAll(VERSION_PLACE, "").replace("?", "").replaceAll("&", ""));
  if (unsafe !== undefined) return `contains ${unsafe}`;
  return URL.canParse(text.replaceAll(VERSION_PLACE, "1.2.3.4")) ? undefined : "is not a URL";
};

export const installDir: Rule = (text) => {
  if (!text.includes(VERSION_PLACE))
    return `${shown(text)} must contain ${VERSION_PLACE}, so that releases never share a directory`;
  const why = whyNotPath(text.replaceAll(VERSION_PLACE, "1.2.3.4"));
  return why === undefined ? undefined : `${shown(text)} ${why}`;
};

/** A command of the user: anything that a shell may read, so only what no command can hold is refused. */
export const command: Rule = (text) => {
  if (text.trim() === "") return "is empty";
  return text.includes("\0") ? "contains a NUL character" : undefined;
};

export const noControlCharacter: Rule = (text) =>
  /[\u0000-\u001f\u007f]/.test(text) ? "contains a control character" : undefined;

export const noNul: Rule = (text) => (text.includes("\0") ? "contains a NUL character" : undefined);

/** Why a gate is waived: shown in plan, journal and report, so it is one short line. */
export const reason: Rule = (text) => {
  if (text.trim() === "") return "is empty; say why it is acceptable here";
  if (text.length > 200) return `has ${text.length} characters; 200 are allowed`;
  return noControlCharacter(text);
};

/** Becomes a word of a command and the name of a file. */
export const replicationGroup: Rule = (text) =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(text)
    ? undefined
    : `${shown(text)} is not the name of a replication group; letters, digits, ".", "_" and "-" are allowed`;

/** `host:port,host:port`, as bm-admin takes them. */
export const mserverList: Rule = (text) => {
  for (const address of text.split(",")) {
    const [, host = "", port = ""] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
    const why = host === "" ? "has no port; write host:port,host:port" : whyNotHost(host);
    if (why !== undefined) return `${shown(address)} ${why}`;
    if (Number(port) < 1 || Number(port) > 65_535) return `${shown(address)} has no port from 1 to 65535`;
  }
  return undefined;
};

export const certificate: Rule = (text) =>
  /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text)
    ? undefined
    : "is not a certificate; give its PEM text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----";

export const environmentName: Rule = (text) =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? undefined : "is not the name of an environment variable";
