// Which texts may become part of a command, a path or an address. Everything is quoted as well when it is
// used; this is the first of two fences, and the one whose message names the property.

/** `[a-z0-9]([a-z0-9-]*[a-z0-9])?`: node names appear in resource names, file names and reports. */
export const isName = (text: string): boolean => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);

/** The first character that a shell, a terminal or a path would take for something else, named for a message. */
export function unsafeCharacter(text: string): string | undefined {
  for (const character of text) {
    if (/\s/u.test(character) && character >= " ") return "a space";
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/u.test(character)) return "a control character";
    if (/[`$&|;<>()[\]{}!*?'"\\#^]/.test(character)) return `the shell character ${character}`;
  }
  return undefined;
}

const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]*(%[a-z0-9]+)?$/i;
const HOST_NAME = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

export function whyNotHost(text: string): string | undefined {
  if (text === "") return "is empty";
  const unsafe = unsafeCharacter(text);
  if (unsafe !== undefined) return `contains ${unsafe}`;
  if (/^[a-z]+:\/\//i.test(text)) return "is a URL; a host name or an address is expected";
  if (/^[^:]+:\d+$/.test(text)) return "has a port in it; ports are given in `ports` or `ssh`";
  if (text.length > 253 || !(HOST_NAME.test(text) || IPV6.test(text))) return "is not a host name or an IP address";
  return undefined;
}

/** A user of a host. Not `-oProxyCommand=…`, not `me@there`. */
export function whyNotUser(text: string): string | undefined {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*\$?$/.test(text) && !text.endsWith("$") ? undefined : "is not a user name";
}

/** An absolute path or one below the home directory, in one spelling only: no `..`, no `//`. */
export function whyNotPath(text: string): string | undefined {
  if (text === "") return "is empty";
  const unsafe = unsafeCharacter(text);
  if (unsafe !== undefined) return `contains ${unsafe}`;
  if (!text.startsWith("/") && !text.startsWith("~/")) return 'must be absolute or begin with "~/"';
  if (/(^|\/)\.{1,2}(\/|$)/.test(text) || text.includes("//")) return 'must not contain ".", ".." or empty parts';
  return undefined;
}

/** Absolute only: for places that the ssh user's home directory must not decide. */
export function whyNotAbsolutePath(text: string): string | undefined {
  return whyNotPath(text) ?? (text.startsWith("/") ? undefined : "must be absolute");
}

/** For a message: quoted, control characters escaped, cut, and never something that looks like a key. */
export function shown(text: string): string {
  if (text.includes("PRIVATE KEY")) return "(a private key, not shown)";
  const cut = text.length > 80 ? `${text.slice(0, 77)}…` : text;
  return JSON.stringify(cut).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  });
}
