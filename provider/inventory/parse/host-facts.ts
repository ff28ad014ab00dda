// The answer of our host-facts command. A value that is missing could not be read; an answer that is not whole is
// no answer. No message holds a value of the answer, because among them may be a process's environment.

import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { DiskSpace, HostFacts, RunningProcess, StateDir } from "../../model/host-facts";
import { decode, type HostLine, readHostLines } from "./host-lines";
import { parseHostProcess } from "./host-process";
import { parseUnit } from "./process-unit";

export function parseHostFacts(output: string): Parsed<HostFacts> {
  const lines = readHostLines(output);
  if (!lines.ok) return lines;
  const firstProcess = lines.value.findIndex((line) => line.key === "looked");
  const host = firstProcess < 0 ? lines.value : lines.value.slice(0, firstProcess);
  const processes = parseProcesses(firstProcess < 0 ? [] : lines.value.slice(firstProcess));
  if (!processes.ok) return processes;
  const clockMs = Math.floor(Number(plain(host, "clock")) * 1000);
  const uid = Number(plain(host, "uid"));
  const hostname = decoded(host, "hostname");
  const user = decoded(host, "user");
  const disks = parseDisks(host);
  const stateDir = parseStateDir(plain(host, "state-dir"));
  if (!(clockMs > 0) || !Number.isInteger(uid) || hostname === undefined || user === undefined)
    return unparsed("the host's answer does not tell its clock, name and user");
  if (disks === undefined) return unparsed("the host's answer about its disks is not understood");
  if (stateDir === undefined) return unparsed("the host's answer about ~/.pulumi-bmdb is not understood");
  const memAvailableKb = /^MemAvailable:\s+(\d{1,15}) kB$/m.exec(decoded(host, "meminfo") ?? "")?.[1];
  return parsed({
    clockMs,
    hostname,
    user: user || String(uid),
    uid,
    home: decoded(host, "home") || undefined,
    bootId: decoded(host, "boot-id")?.trim() || undefined,
    ownUnit: parseUnit(decoded(host, "own-cgroup")),
    memAvailableBytes: memAvailableKb === undefined ? undefined : Number(memAvailableKb) * 1024,
    disks,
    stateDir,
    processes: processes.value,
  });
}

const plain = (lines: readonly HostLine[], key: string): string | undefined =>
  lines.find((line) => line.key === key)?.value || undefined;

const decoded = (lines: readonly HostLine[], key: string): string | undefined =>
  decode(lines.find((line) => line.key === key)?.value)?.toString("utf8");

/** `looked NAME EXIT` opens the processes of a name, `process NAME PID` each of them. */
function parseProcesses(lines: readonly HostLine[]): Parsed<readonly RunningProcess[]> {
  const blocks: HostLine[][] = [];
  for (const line of lines) {
    // pgrep: 0 found some, 1 found none, anything else did not look.
    if (line.key === "looked") {
      if (!/^\S+ [01]$/.test(line.value)) return unparsed("the host could not list its processes (pgrep failed)");
    } else if (line.key === "process") blocks.push([line]);
    else if (blocks.at(-1)?.push(line) === undefined)
      return unparsed("the host's answer about its processes is not understood");
  }
  const processes = [];
  for (const block of blocks) {
    const process = parseHostProcess(block);
    if (!process.ok) return process;
    processes.push(process.value);
  }
  const living = processes.filter((process) => !process.isZombie);
  // A server between fork and exec of a helper is there twice for a moment; the helper is not a second server.
  const isHelper = (ppid: number, name: string): boolean =>
    living.some(({ process }) => process.pid === ppid && process.name === name);
  return parsed(living.filter(({ ppid, process }) => !isHelper(ppid, process.name)).map(({ process }) => process));
}

function parseDisks(lines: readonly HostLine[]): DiskSpace[] | undefined {
  const all = (key: string): (string | undefined)[] =>
    lines.filter((line) => line.key === key).map((line) => decode(line.value)?.toString("utf8"));
  const measured = all("disk-measured");
  const reports = all("disk-df");
  const disks: DiskSpace[] = [];
  for (const [index, asked] of all("disk-asked").entries()) {
    const place = measured[index];
    // Last line: device, 1024-blocks, used, available, capacity, mount point. Names may hold blanks.
    const match = /\s(\d{1,15})\s+(\d{1,15})\s+(\d{1,15})\s+(?:\d{1,3}%|-)\s+\/[^\n]*$/.exec(
      reports[index]?.trimEnd() ?? "",
    );
    if (asked === undefined || place === undefined || match === null) return undefined;
    disks.push({
      asked,
      measured: place,
      totalBytes: Number(match[1]) * 1024,
      availableBytes: Number(match[3]) * 1024,
    });
  }
  return disks;
}

function parseStateDir(text: string | undefined): StateDir | undefined {
  if (text === "none") return { isPresent: false, mode: undefined, uid: undefined };
  const match = /^([0-7]{1,4}) (\d{1,10})$/.exec(text ?? "");
  return match ? { isPresent: true, mode: match[1], uid: Number(match[2]) } : undefined;
}
