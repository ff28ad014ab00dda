// Remote output goes into errors and logs only through here.

const SECRET_ASSIGNMENT =
  /((?:password|passwd|passphrase|secret|token|api[_-]?key)[\w-]*\s*[=:]\s*)("[^"]*"|'[^']*'|\S+)/gi;
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g;

/** Masks what looks like a secret, escapes control characters, keeps the last `lineCountMax` lines. */
export function cleanOutput(text: string, lineCountMax = 12, lineLengthMax = 300): string {
  const lines = text
    .replace(PRIVATE_KEY, "[private key]")
    .replace(URL_CREDENTIALS, "$1[secret]@")
    .replace(SECRET_ASSIGNMENT, "$1[secret]")
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
  return lines
    .slice(-lineCountMax)
    .map((line) => escapeLine(line, lineLengthMax))
    .join("\n");
}

function escapeLine(line: string, lengthMax: number): string {
  const escaped = line.replace(
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return escaped.length > lengthMax ? `${escaped.slice(0, lengthMax)}…` : escaped;
}

/** One short line of it, for the inside of a sentence. */
export const cleanLine = (text: string, lengthMax = 160): string =>
  cleanOutput(text, 3, lengthMax).split("\n").join(" / ");
