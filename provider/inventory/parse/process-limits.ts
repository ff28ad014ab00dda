// /proc/PID/limits, by the names that `ulimit` and limits.conf use.

import type { LimitName, ProcessLimit, ProcessLimits } from "../../model/host-facts";

const NAMES: Readonly<Record<string, LimitName>> = {
  "Max open files": "nofile",
  "Max processes": "nproc",
  "Max core file size": "core",
  "Max locked memory": "memlock",
  "Max stack size": "stack",
  "Max data size": "data",
  "Max file size": "fsize",
  "Max address space": "as",
  "Max resident set": "rss",
  "Max cpu time": "cpu",
};

export function parseLimits(text: string): ProcessLimits {
  const limits: { [name in LimitName]?: ProcessLimit } = {};
  for (const line of text.split("\n")) {
    const match = /^(Max [a-z ]{1,30}?)\s{2,}(unlimited|\d{1,20})\s+(unlimited|\d{1,20})\b/.exec(line);
    const name = NAMES[match?.[1] ?? ""];
    if (name && match?.[2] && match[3]) limits[name] = { soft: match[2], hard: match[3] };
  }
  return limits;
}
