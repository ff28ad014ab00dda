// Values from outside in Markdown: they can break neither a table nor the page, mention nobody and link nowhere.

/** One line, without anything that Markdown or HTML would act upon. */
export const escapeMarkdown = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/[\\`*_{}[\]#|~!>]/g, (char) => `\\${char}`)
    .replace(/@/g, "@<!-- -->")
    .replace(/:\/\//g, ":\\//");

/** Without what would end it. */
export const code = (text: string): string => `\`${text.replace(/[`|\s]+/g, " ").trim()}\``;
/** Backticks in our own sentences mark commands. */
export const prose = (text: string): string =>
  text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? code(part) : escapeMarkdown(part)))
    .join("");
/** A fence longer than any in the text. */
export function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = "`".repeat(longest + 1);
  return `${mark}text\n${text}\n${mark}`;
}
