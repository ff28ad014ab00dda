// The same rules read off the text that a person gets, and what makes a text readable at all.

interface Line {
  readonly number: number;
  readonly title: string;
}

const FIRST_LINE =
  /^(?:finalise \S+|resume xDCR on \S+|watch on \S+|.+ → \S+|restart on \S+): (?:(\d+) process(?:es)?, )?(\d+) steps?, about (?:\d+ (?:s|min)|\d+ h \d\d min)$/;
const NOTHING = /^\S+: nothing to do$/;
const STEP = /^[ ✓→]\s*(\d+) {2}(\S.*?)(?: {2,}\S.*)?$/;
const POINT = /point of no return/;
const ELIDED = /^ +… the same for (\d+) others, in this order: /;

/** What is wrong with it, one sentence a finding. */
export function lintText(text: string): string[] {
  const lines = text.split("\n");
  const [first = "", ...rest] = lines;
  const problems = lintLines(lines);
  if (first.startsWith("refused: "))
    return [...problems, ...lintRefusal(rest), ...(readSteps(rest).length > 0 ? ["steps follow a refusal"] : [])];
  if (NOTHING.test(first)) return readSteps(rest).length > 0 ? [...problems, "nothing to do has steps"] : problems;
  const match = FIRST_LINE.exec(first);
  if (!match) return [...problems, `the first line does not stand alone: ${first}`];
  const steps = readSteps(rest);
  const elided = lines.flatMap((line) => ELIDED.exec(line)?.[1] ?? []).map(Number);
  const touched =
    steps.filter(({ title }) => /^(?:re)?start /.test(title)).length + elided.reduce((sum, n) => sum + n, 0);
  if (touched !== Number(match[1] ?? 0))
    problems.push(`the first line says ${match[1] ?? 0} processes, the steps ${touched}`);
  if (steps.at(-1)?.number !== Number(match[2]))
    problems.push(`the first line says ${match[2]} steps, the last one is number ${steps.at(-1)?.number}`);
  return [...problems, ...lintNumbers(steps, elided.length), ...lintSteps(steps), ...lintPoint(lines)];
}

const readSteps = (lines: readonly string[]): Line[] =>
  lines.flatMap((line) => {
    const match = STEP.exec(line);
    return match?.[1] && match[2] ? [{ number: Number(match[1]), title: match[2] }] : [];
  });

function lintLines(lines: readonly string[]): string[] {
  return lines.flatMap((line) => [
    ...(/undefined|NaN|\[object|null/.test(line) ? [`a value is missing: ${line}`] : []),
    ...(/\s$/.test(line) ? [`blanks at the end: ${line}`] : []),
    ...(line.length > 320 ? [`too long to be read: ${line}`] : []),
    ...(/(?<![\d.])1 (?:tiles|processes|steps|MServers|DBServers)\b/.test(line) ? [`one of many: ${line}`] : []),
  ]);
}

function lintRefusal(lines: readonly string[]): string[] {
  const count = (part: string): number => lines.filter((line) => line.startsWith(part)).length;
  return count("what  ") > 0 && count("what  ") === count("next  ") ? [] : ["a reason says no next step"];
}

/** 1, 2, 3 …, with a gap only where a line says what was left out. */
function lintNumbers(steps: readonly Line[], elidedCount: number): string[] {
  const gaps = steps.filter((step, index) => step.number !== (steps[index - 1]?.number ?? 0) + 1);
  return gaps.length === elidedCount ? [] : [`the numbers jump at ${gaps.map((step) => step.number).join(", ")}`];
}

function lintSteps(steps: readonly Line[]): string[] {
  const problems: string[] = [];
  const titles = steps.map((step) => step.title);
  // MServers without which nobody leads are the only ones that come before it.
  if (titles.find((title) => !/^(?:start MServer|prove MServer|watch) /.test(title)) !== "check the whole cluster")
    problems.push("the first step is not the check of the whole cluster");
  if (titles.findLast((title) => !title.startsWith("resume ")) !== "check the whole cluster")
    problems.push("the last step is not the check of the whole cluster");
  const lastMServer = titles.findLastIndex((title) => /^(?:re)?start MServer/.test(title));
  const firstDBServer = titles.findIndex((title) => /^(?:re)?start DBServer/.test(title));
  if (firstDBServer >= 0 && firstDBServer < lastMServer) problems.push("a DBServer comes before an MServer");
  for (const [index, title] of titles.entries()) {
    const name = /^restart (.+)$/.exec(title)?.[1];
    if (name === undefined) continue;
    const next = titles.slice(index + 1);
    const quiet = next.findIndex((each) => each.startsWith("watch "));
    const stop = next.findIndex((each) => each.startsWith("restart "));
    if (next[0] !== `prove ${name} is back`) problems.push(`${name} is restarted, then: ${next[0]}`);
    if (quiet < 0 || (stop >= 0 && stop < quiet)) problems.push(`${name} is not watched before the next stop`);
  }
  const promoteAt = titles.indexOf("promote AutoFlags");
  if (promoteAt >= 0 && titles.slice(promoteAt).some((title) => /^(?:re)?start /.test(title)))
    problems.push("a process is touched after the promotion");
  return problems;
}

function lintPoint(lines: readonly string[]): string[] {
  const points = lines.flatMap((line, index) => (POINT.test(line) ? [index] : []));
  const promotions = lines.flatMap((line, index) => (/^[ ✓→] *\d+ {2}promote AutoFlags/.test(line) ? [index - 1] : []));
  return points.join() === promotions.join() ? [] : ["the point of no return is not right before the promotion"];
}
