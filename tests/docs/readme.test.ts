// What the pages tell people to type, open and read has to be there: commands, links, and the plan on the first screen.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { addReportCommand } from "../../provider/cli/report-command";
import { addSandboxCommands } from "../../sandbox/cli";

const root = join(__dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const readme = read("README.md");

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "sandbox/sandbox.md",
  "provider/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true })
    .map((name) => join("docs", String(name)))
    .filter((name) => name.endsWith(".md")),
];

/** Every match of the pattern's first group in all pages, as `page: match`. */
const findAll = (pattern: RegExp): [string, string][] =>
  pages.flatMap((page) =>
    [...read(page).matchAll(pattern)].map((match): [string, string] => [page, (match[1] ?? "").trim()]),
  );

describe("commands", () => {
  test("every npm script that a page names exists", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...findAll(/\bnpm run ([\w:-]+)/g), ...findAll(/\bnpm (test)\b/g)];
    expect(named.map(([, script]) => script)).toEqual(expect.arrayContaining(["demo", "test", "build"]));
    expect(named.filter(([, script]) => !(script in scripts))).toEqual([]);
  });

  test("every pulumi-bmdb command that a page names exists, with its options", () => {
    const program = new Command("pulumi-bmdb");
    addSandboxCommands(program);
    addReportCommand(program);
    const named = findAll(/\bpulumi-bmdb ((?:sandbox|report)[^\n`|]*)/g);
    expect(named.length).toBeGreaterThan(5);
    expect(
      named.flatMap(([page, line]) => findProblem(program, line).map((why) => `${page}: ${line}: ${why}`)),
    ).toEqual([]);
  });

  test("every option of the demo that a page names exists", () => {
    const source = read("bin/demo.ts");
    const named = findAll(/\bnpm run demo -- (--[\w-]+)/g);
    expect(named.filter(([, option]) => !source.includes(`"${option}"`))).toEqual([]);
  });
});

/** The words up to the first option are sub-commands; every option is one of the last of them. */
function findProblem(program: Command, line: string): string[] {
  const words = line.split("#")[0]?.trim().split(/\s+/) ?? [];
  const firstOption = words.findIndex((word) => word.startsWith("--"));
  let command = program;
  for (const name of firstOption < 0 ? words : words.slice(0, firstOption)) {
    const found = command.commands.find((each) => each.name() === name);
    // A word that is no command may be an argument of the one before it.
    if (found === undefined && command.registeredArguments.length > 0) break;
    if (found === undefined) return [`there is no command ${name}`];
    command = found;
  }
  const options = command.options.map((option) => option.long);
  return words
    .filter((word) => word.startsWith("--") && !options.includes(word))
    .map((word) => `there is no option ${word}`);
}

describe("links", () => {
  const links = findAll(/\]\(([^)\s]+)\)/g).filter(([, target]) => !/^[a-z]+:/.test(target));

  test("every relative link leads to a file or folder of the repository", () => {
    expect(links.length).toBeGreaterThan(20);
    const missing = links.filter(([page, target]) => {
      const [path] = target.split("#");
      return path !== undefined && path !== "" && !existsSync(join(root, dirname(page), path));
    });
    expect(missing).toEqual([]);
  });

  test("every anchor in a link is a heading of its page", () => {
    const missing = links.filter(([page, target]) => {
      const [path, anchor] = target.split("#");
      if (anchor === undefined) return false;
      const file = path === "" || path === undefined ? page : join(dirname(page), path);
      const headings = [...read(file).matchAll(/^#+ (.+)$/gm)].map((match) => slugOf(match[1] ?? ""));
      return !headings.includes(anchor);
    });
    expect(missing).toEqual([]);
  });

  test("every decision is named by its number and states its status on line one", () => {
    const decisions = pages.filter((page) => page.startsWith(join("docs", "decisions")));
    expect(decisions.length).toBeGreaterThan(0);
    for (const page of decisions) {
      const [status, , title] = read(page).split("\n");
      expect([page, status]).toEqual([page, expect.stringMatching(/^Status: (accepted|rejected|replaced by \d{4})$/)]);
      const number = /(\d{4})-[a-z0-9-]+\.md$/.exec(page)?.[1] ?? "a number";
      expect([page, title?.startsWith(`# ${number} `)]).toEqual([page, true]);
      expect(read(page)).toMatch(/\n## What we would need to see to change it\n[^#]+$/);
    }
  });
});

/** As GitHub makes the anchor of a heading. */
const slugOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

describe("the first screen of the README", () => {
  const [firstScreen = ""] = readme.split(/^## /m);

  test("is at most 40 lines and ends with the two commands for a fresh machine", () => {
    expect(firstScreen.trimEnd().split("\n").length).toBeLessThanOrEqual(40);
    expect(firstScreen).toContain("\nnpm ci && npm run demo ");
    expect(firstScreen).toContain("\nnpm ci && npm test ");
  });

  test("shows lines of a golden plan, in its order", () => {
    const name = /<!-- lines of (tests\/goldens\/plans\/[\w-]+\.txt),/.exec(firstScreen)?.[1] ?? "";
    const golden = read(name).split("\n");
    const shown = (/```text\n([\s\S]*?)```/.exec(firstScreen)?.[1] ?? "")
      .split("\n")
      .filter((line) => line.trim() !== "" && line.trim() !== "…");
    expect(shown.length).toBeGreaterThan(9);
    expect(shown[0]).toBe(golden[0]);
    // Copy the lines from the golden when this fails: a plan changed.
    expect(shown.filter((line) => !golden.includes(line))).toEqual([]);
    expect(shown).toEqual(golden.filter((line) => shown.includes(line)));
  });
});
