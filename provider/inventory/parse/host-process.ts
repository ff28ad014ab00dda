// One process of the host-facts answer: files of /proc, decoded.

import { isUtf8 } from "node:buffer";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { RunningProcess } from "../../model/host-facts";
import { decode, type HostLine } from "./host-lines";
import { parseLimits } from "./process-limits";
import { parseUnit } from "./process-unit";
import { parseProcessVersion } from "./process-version";

export interface HostProcess {
  readonly process: RunningProcess;
  readonly ppid: number;
  /** Ended already, only not yet waited for. */
  readonly isZombie: boolean;
}

const DELETED = / \(deleted\)$/;

/** `lines[0]` is `process NAME PID`. */
export function parseHostProcess(lines: readonly HostLine[]): Parsed<HostProcess> {
  const [name, pidText] = lines[0]?.value.split(" ") ?? [];
  const pid = Number(pidText);
  if (name === undefined || !(pid > 0)) return unparsed("the host's answer about a process is not understood");
  const bytes = (key: string): Buffer | undefined => decode(lines.find((line) => line.key === key)?.value);
  const text = (key: string): string | undefined => exactText(bytes(key));

  const stat = parseStat(text("stat"));
  const statAgain = parseStat(text("stat-again"));
  if (!stat || stat.startTicks !== statAgain?.startTicks)
    return unparsed(`process ${name} (pid ${pid}) ended while it was looked at`);
  const argv = splitAtNul(text("cmdline"));
  const status = text("status") ?? "";
  const uid = /^Uid:\s+(\d{1,10})\b/m.exec(status)?.[1];
  const isZombie = /[ZX]/.test(stat.state);
  // Only a zombie has no command line.
  if (!isZombie && (argv === undefined || argv.length === 0))
    return unparsed(`the command line of ${name} (pid ${pid}) cannot be read, or is not UTF-8`);
  if (uid === undefined) return unparsed(`the owner of ${name} (pid ${pid}) cannot be read`);

  const link = text("exe");
  const exe = link?.replace(DELETED, "");
  const isExeDeleted = link !== undefined && DELETED.test(link);
  const metadata = text("metadata");
  const version = metadata === undefined || isExeDeleted ? undefined : parseProcessVersion(metadata);
  return parsed({
    ppid: stat.ppid,
    isZombie,
    process: {
      name,
      pid,
      startTicks: stat.startTicks,
      uid: Number(uid),
      parent: parseParent(stat.ppid, text("parent-name"), text("parent-cmdline")),
      unit: parseUnit(text("cgroup")),
      exe,
      isExeDeleted,
      releaseDir: exe?.endsWith(`/bin/${name}`) ? exe.slice(0, -`/bin/${name}`.length) : undefined,
      releaseVersion: version?.ok ? version.value.release : undefined,
      argv: argv ?? [],
      cwd: text("cwd"),
      stdout: text("stdout"),
      stderr: text("stderr"),
      umask: /^Umask:\s+([0-7]{1,5})$/m.exec(status)?.[1],
      limits: parseLimits(text("limits") ?? ""),
      environment: parseEnvironment(text("environ")),
    },
  });
}

/** Of its command line only the path of a script: the rest may hold a password. */
function parseParent(pid: number, comm: string | undefined, cmdline: string | undefined): RunningProcess["parent"] {
  const name = comm?.replace(/\n$/, "");
  if (!(Number.isInteger(pid) && pid > 0) || !name) return undefined;
  const script = splitAtNul(cmdline)?.[1];
  return { pid, name: script !== undefined && /^\/[\w./@+-]{1,200}$/.test(script) ? `${name} ${script}` : name };
}

/** Undefined for what is not UTF-8: a text with replacements in it would be started as something else. */
function exactText(bytes: Buffer | undefined): string | undefined {
  return bytes !== undefined && isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}

/** `PID (NAME) STATE PPID …`: the name may hold anything, blanks and brackets too. */
function parseStat(text: string | undefined): { state: string; ppid: number; startTicks: number } | undefined {
  const fields = text
    ?.slice(text.lastIndexOf(")") + 1)
    .trim()
    .split(/\s+/);
  const [state, ppid] = fields ?? [];
  // Field 22 of the whole line; the state is field 3.
  const startTicks = Number(fields?.[19]);
  if (state === undefined || ppid === undefined || !(startTicks >= 0)) return undefined;
  return { state, ppid: Number(ppid), startTicks };
}

const splitAtNul = (text: string | undefined): string[] | undefined =>
  text === "" ? [] : text?.replace(/\0$/, "").split("\0");

// Of two values of a name the first counts, as for getenv().
function parseEnvironment(text: string | undefined): Record<string, string> | undefined {
  const pairs = splitAtNul(text)
    ?.filter((each) => each.indexOf("=") > 0)
    .map((each) => [each.slice(0, each.indexOf("=")), each.slice(each.indexOf("=") + 1)] as const);
  return pairs && Object.fromEntries(pairs.reverse());
}
