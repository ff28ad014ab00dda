// The log files of a server process, in glog's form, and its lines in the sandbox's event log.

import * as fs from "node:fs";
import * as path from "node:path";
import type { ServerRole } from "../cluster/auto-flags";
import type { MachineEvent } from "../cluster/ports";

export interface LogOptions {
  readonly role: ServerRole;
  readonly logDir: string | undefined;
  readonly eventLog: string | undefined;
  readonly host: string;
  readonly version: string;
}

export class ProcessLog {
  constructor(private readonly options: LogOptions) {
    if (options.logDir !== undefined) fs.mkdirSync(options.logDir, { recursive: true });
  }

  write(severity: "I" | "W" | "E" | "F", source: string, text: string): void {
    const line = `${severity}${renderStamp(new Date())} ${process.pid} ${source}] ${text}\n`;
    const { logDir, role } = this.options;
    if (severity === "E" || severity === "F") process.stderr.write(line);
    if (logDir === undefined) return;
    fs.appendFileSync(path.join(logDir, `${role}.INFO`), line);
    if (severity === "F") fs.appendFileSync(path.join(logDir, `${role}.FATAL`), line);
  }

  /** One line, appended in one write: processes share the file. */
  event(event: MachineEvent): void {
    const { eventLog, role, host, version } = this.options;
    if (eventLog === undefined) return;
    const line = { atMs: Date.now(), host, role, pid: process.pid, version, ...event };
    fs.appendFileSync(eventLog, `${JSON.stringify(line)}\n`);
  }
}

function renderStamp(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${two(at.getMonth() + 1)}${two(at.getDate())} ${time}.${String(at.getMilliseconds()).padStart(3, "0")}000`;
}
