/** One word of a POSIX shell, whatever is in it. */
export const shellQuote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** As `shellQuote`, but left as it is when the shell would not mind: for text that people read and copy. */
export const quoteIfNeeded = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : shellQuote(word));
