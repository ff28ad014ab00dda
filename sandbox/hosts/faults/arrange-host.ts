// What faults change on a host: programs that stand before the machine's own, files in its home, a supervisor.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { SandboxFault } from "../../types";
import { readJson, writeJson } from "../daemon-files";
import { pollUntil } from "../poll";
import { shellQuote } from "../quote";
import { runInHost } from "../run-in-host";
import { type ArrangedHost, type PlacedFile, planFiles } from "./plan-files";

const SUPERVISOR_END_MS = 5000;

/** Makes the host as these faults want it, and takes back what earlier ones have placed. */
export async function arrangeHost(host: ArrangedHost, faults: readonly SandboxFault[]): Promise<void> {
  const record = join(host.paths.orders, "placed.json");
  const before = existsSync(record) ? z.array(z.string()).parse(readJson(record)) : [];
  const wanted = faults.flatMap((fault) => planFiles(host, fault));
  if (before.length === 0 && wanted.length === 0) return;
  mkdirSync(host.paths.orders, { recursive: true });
  // Written first: a run that breaks off leaves nothing that the next one does not know of.
  writeJson(record, [...new Set([...before, ...wanted.map(({ path }) => path)])]);
  for (const path of before.filter((old) => !wanted.some((one) => one.path === old)))
    await takeBack(join(host.paths.root, path));
  for (const one of wanted) await place(host, one, before.includes(one.path));
  writeJson(
    record,
    wanted.map(({ path }) => path),
  );
}

async function place({ paths }: ArrangedHost, { path, text, kind }: PlacedFile, wasThere: boolean): Promise<void> {
  const file = join(paths.root, path);
  // A release that is not installed is not made up: half of one would look staged.
  const isInRelease = path.startsWith("home/softwarebm-");
  if (isInRelease && !existsSync(dirname(file))) throw new Error(`There is no ${dirname(file)} to put a file into`);
  mkdirSync(dirname(file), { recursive: true });
  if (kind === "supervisor" && wasThere) return;
  writeFileSync(file, text);
  if (kind === "program") chmodSync(file, 0o755);
  if (kind === "supervisor") await runInHost(paths.shell, `setsid sh ${shellQuote(file)} >/dev/null 2>&1 </dev/null &`);
}

async function takeBack(file: string): Promise<void> {
  rmSync(file, { force: true });
  // A supervisor that still runs must not see its file again, or two would watch.
  const isGone = await pollUntil(() => (isScriptRunning(file) ? undefined : true), SUPERVISOR_END_MS, 10);
  if (isGone !== true) throw new Error(`${file} is deleted and still runs`);
}

function isScriptRunning(script: string): boolean {
  if (!script.includes("/supervisor-")) return false;
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(script);
    } catch {
      return false;
    }
  });
}
