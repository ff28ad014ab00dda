import pc from "picocolors";

/** `── 3. Preview`: where one part of the demo ends and the next begins. */
export function renderHeading(step: number, text: string): string {
  return `\n${pc.bold(pc.cyan(`── ${step}. ${text}`))}`;
}

/** A command line as one would type it. */
export function renderCommand(words: readonly string[]): string {
  return pc.dim(`$ ${words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`)).join(" ")}`);
}

export function renderNote(text: string): string {
  return pc.dim(text);
}
