// The few forms of shell text that commands of the product are written in.

/** A command, or a part of one, that the hosts in memory do not know. */
export class UnknownCommand extends Error {
  constructor(what: string, text: string) {
    super(`The hosts in memory do not know ${what}: ${text}`);
  }
}

/** `'a' 'it'\''s'` → its words. Raises `UnknownCommand` for anything that is not single-quoted. */
export function readWords(text: string): string[] {
  const words: string[] = [];
  let rest = text.trim();
  while (rest !== "") {
    const match = /^((?:'[^']*'|\\')+)(?:\s+|$)/.exec(rest);
    if (match?.[1] === undefined) throw new UnknownCommand("this list of words", text);
    words.push(
      match[1]
        .replaceAll("\\'", "'\u0000'")
        .split("'")
        .filter((_, i) => i % 2 === 1)
        .join("")
        .replaceAll("\u0000", "'"),
    );
    rest = rest.slice(match[0].length);
  }
  return words;
}

/** The value of a word like `"$HOME"/'x'` or `'/x'`. */
export function readPath(word: string, home: string): string {
  const below = /^"\$HOME"\/('.*')$/s.exec(word);
  return below?.[1] === undefined ? (readWords(word)[0] ?? "") : `${home}/${readWords(below[1])[0]}`;
}

/** Whether every line is one of `known`: exactly, or by its pattern. Raises `UnknownCommand` with the first that is not. */
export function expectLines(what: string, lines: readonly string[], known: readonly (string | RegExp)[]): void {
  const exact = new Set(known.filter((line) => typeof line === "string"));
  const patterns = known.filter((line) => line instanceof RegExp);
  const strange = lines.find((line) => !exact.has(line) && !patterns.some((pattern) => pattern.test(line)));
  if (strange !== undefined) throw new UnknownCommand(`a line of ${what}`, strange);
}
