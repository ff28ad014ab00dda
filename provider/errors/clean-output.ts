// Remote output goes into errors and logs only through here.

const SECRET_WORD = "(?:password|passwd|passphrase|secret|token|api[_-]?key)";
const VALUE = `("[^"]*"|'[^']*'|\\S+)`;
/** `PGPASSWORD=x`, `"password": "x"`. */
const SECRET_ASSIGNMENT = new RegExp(`(${SECRET_WORD}[\\w-]*["']?\\s*[=:]\\s*)${VALUE}`, "gi");
/** `--password x`. */
const SECRET_FLAG = new RegExp(`((?:^|\\s)--?[\\w-]*${SECRET_WORD}[\\w-]*\\s+)${VALUE}`, "gim");
const AUTHORIZATION = /(authorization["']?\s*[=:]\s*)[^\r\n]+/gi;
/** Up to the last @ before the path: a password may hold one. */
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/]+@/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** The end of a key whose beginning was cut off, as the last lines of a file show it. */
const PRIVATE_KEY_END = /(?:^[A-Za-z0-9+/=]+\r?\n)*-----END [A-Z ]*PRIVATE KEY-----/gm;

/** Masks what looks like a secret, escapes control characters, keeps the last `lineCountMax` lines. */
export function cleanOutput(text: string, lineCountMax = 12, lineLengthMax = 300): string {
  const lines = text
    .replace(PRIVATE_KEY, "[private key]")
    .replace(PRIVATE_KEY_END, "[private key]")
    .replace(URL_CREDENTIALS, "$1[secret]@")
    .replace(AUTHORIZATION, "$1[secret]")
    .replace(SECRET_ASSIGNMENT, "$1[secret]")
    .replace(SECRET_FLAG, "$1[secret]")
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  return lines
    .slice(-lineCountMax)
    .map((line) => escapeLine(line, lineLengthMax))
    .join("\n");
}

function escapeLine(line: string, lengthMax: number): string {
  // Control characters, and those that turn the direction of the text or begin a line of their own.
  const escaped = line.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return escaped.length > lengthMax ? `${escaped.slice(0, lengthMax)}…` : escaped;
}

/** One short line of it, for the inside of a sentence. */
export const cleanLine = (text: string, lengthMax = 160): string =>
  cleanOutput(text, 3, lengthMax).split("\n").join(" / ");
