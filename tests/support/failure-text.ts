// A failure as an operator reads it: is everything in it that he needs?

export interface ExpectedFailure {
  /** What the head line begins with; several where a race on the host decides which is seen first. */
  readonly code: string | readonly string[];
  /** Of `what`: node, observed value, limit. */
  readonly what: readonly RegExp[];
  /** Of `next`: what was left alone. */
  readonly left: RegExp;
}

export interface FailureParts {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

/** Undefined: no head line with one of these codes, followed by its parts, is in the text. */
export function readFailure(text: string, codes: readonly string[]): FailureParts | undefined {
  const lines = text.split("\n").map((line) => line.trim());
  const head = lines.findIndex(
    (line, index) => codes.some((code) => line.includes(code)) && /^what {2}/.test(lines[index + 1] ?? ""),
  );
  if (head < 0) return undefined;
  const parts: Record<string, string> = {};
  let current = "";
  for (const line of lines.slice(head + 1)) {
    const [, name, rest] = /^(what|why|next) {2,}(.*)$/.exec(line) ?? [];
    // The parts end with an empty line, or with what could not be put back.
    if (name === undefined && (line === "" || /^(left {2}|Output of |Processes now)/.test(line))) break;
    current = name ?? current;
    parts[current] = [parts[current], rest ?? line].filter(Boolean).join("\n");
  }
  const code = codes.find((each) => lines[head]?.includes(each)) ?? "";
  return { code, what: parts["what"] ?? "", why: parts["why"] ?? "", next: parts["next"] ?? "" };
}

const NEXT_STEP = /pulumi (up|preview)|the same command again/;

/** Everything that is missing, so that one run of a test shows it all. */
export function findMissing(text: string, expected: ExpectedFailure): string[] {
  const codes = typeof expected.code === "string" ? [expected.code] : expected.code;
  const parts = readFailure(text, codes);
  if (parts === undefined) return [`there is no ${codes.join(" or ")} with its parts in:\n${text}`];
  return [
    ...expected.what.flatMap((words) => (words.test(parts.what) ? [] : [`what: ${words} is not in "${parts.what}"`])),
    ...(expected.left.test(parts.next) ? [] : [`next: ${expected.left} is not in "${parts.next}"`]),
    ...(NEXT_STEP.test(parts.next) ? [] : [`next: says no command: "${parts.next}"`]),
  ];
}
