// Every wait of a roll has a limit with a name that a program can set: none is written down where the waiting is done.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../../../provider");
const sources = ["executor", "steps", "inventory"].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name)),
);

/** How exactly a page tells an uptime; nothing waits for it. */
const NOT_A_WAIT = ["UPTIME_RESOLUTION_MS"];

test.each(sources)("%s waits only for what policy names", (file) => {
  const lines = readFileSync(join(root, file), "utf8").split("\n");
  const literal = lines.filter(
    (line) =>
      /(?:Ms|_MS)\b[^;]*(?:[:=+*]|Math\.m\w+\() ?\d{2,}|\d_000\b(?=[^0-9])|timeout \d/.test(line) &&
      !/^\s*(?:\/\/|\*)/.test(line) &&
      !/slice\(0, \d/.test(line) &&
      !NOT_A_WAIT.some((name) => line.includes(name)),
  );
  expect(literal).toEqual([]);
});
