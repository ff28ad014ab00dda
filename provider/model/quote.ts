// The only way a value becomes part of a command line.

// A surrogate without its partner has no UTF-8 form: it would arrive as another character.
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * One word for `/bin/sh`, whatever is in it: single-quoted always, so that no word is taken for a
 * keyword, an assignment or a pattern. Raises RangeError for what no argument can hold.
 */
export function quoteWord(word: string): string {
  if (word.includes("\0")) throw new RangeError("A word of a command cannot hold a NUL character.");
  if (LONE_SURROGATE.test(word)) throw new RangeError("A word of a command cannot hold half a surrogate pair.");
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** Words of one command line, in order. */
export const quoteWords = (words: readonly string[]): string => words.map(quoteWord).join(" ");
