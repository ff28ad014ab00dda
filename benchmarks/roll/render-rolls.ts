// Tables that fit a terminal and a page of Markdown alike.

import { divideCosts, median, type Observed, type ProcessCost, type Rolled } from "./measure";

export interface Contest {
  readonly dbservers: number;
  readonly pauseSeconds: number;
  readonly who: "product" | "loop";
  readonly rolled: Rolled;
  readonly observed: Observed;
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

export function renderTotals(contests: readonly Contest[]): string {
  return table(
    ["DBServers", "pause", "by", "wall s", "before s", "after s", "ssh logins", "CPU s", "peak MB"],
    contests.map(({ dbservers, pauseSeconds, who, rolled }) => [
      String(dbservers),
      `${pauseSeconds} s`,
      who,
      seconds(rolled.wallMs),
      seconds((rolled.marks[0]?.beganAtMs ?? Number.NaN) - rolled.startedAtMs),
      seconds(rolled.endedAtMs - (rolled.marks.at(-1)?.doneAtMs ?? Number.NaN)),
      String(rolled.connections),
      seconds(rolled.cpuMs),
      String(Math.round(rolled.memoryKb / 1024)),
    ]),
  );
}

export function renderPerProcess(contests: readonly Contest[]): string {
  return table(
    [
      "DBServers",
      "pause",
      "by",
      "process",
      "n",
      "total s",
      "drain s",
      "restart s",
      "catch-up s",
      "overhead s",
      "worst s",
      "commands",
    ],
    contests.flatMap(({ dbservers, pauseSeconds, who, rolled, observed }) => {
      const costs = divideCosts(rolled.marks, observed, pauseSeconds * 1000);
      return ["mserver", "dbserver"].map((role) => {
        const ofRole = costs.filter((cost) => cost.process.startsWith(`${role} `));
        const middle = (pick: (cost: ProcessCost) => number) => seconds(median(ofRole.map(pick)));
        return [
          String(dbservers),
          `${pauseSeconds} s`,
          who,
          role,
          String(ofRole.length),
          middle((cost) => cost.totalMs),
          middle((cost) => cost.drainMs),
          middle((cost) => cost.restartMs),
          middle((cost) => cost.catchUpMs),
          middle((cost) => cost.overheadMs),
          seconds(Math.max(...ofRole.map((cost) => cost.overheadMs))),
          String(median(ofRole.map((cost) => cost.commandCount))),
        ];
      });
    }),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), `|${widths.map((width) => `${"-".repeat(width + 1)}:`).join("|")}|`, ...rows.map(line)].join(
    "\n",
  );
}
