// HTML that cannot be forgotten to be escaped: whatever is put into the template is text, unless it is Html itself.

export interface Html {
  readonly html: string;
}
export type HtmlPart = string | number | Html | readonly Html[] | undefined;

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? "");

/** Attributes have to stand in double quotes. Undefined is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return { html: strings.map((string, index) => string + render(parts[index])).join("") };
}

/** What stands in backticks is a command or a setting. */
export const withCode = (text: string): Html => ({
  html: text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`).html)
    .join(""),
});

/** Only for texts of our own, such as the style sheet. */
export const ownHtml = (text: string): Html => ({ html: text });

function render(part: HtmlPart): string {
  if (part === undefined) return "";
  if (typeof part === "object") return "html" in part ? part.html : part.map((each) => each.html).join("");
  return escapeHtml(String(part));
}
