// The log files of a server process, in glog's form, and its lines in the sandbox's event log.

import * as fs from "node:fs";
import * as os from "node:os";
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
  private readonly files = new Map<string, number>();

  constructor(private readonly options: LogOptions) {
    if (options.logDir !== undefined) fs.mkdirSync(options.logDir, { recursive: true });
  }

  write(severity: "I" | "W" | "E" | "F", source: string, text: string): void {
    const line = `${severity}${renderStamp(new Date())} ${process.pid} ${source}] ${text}\n`;
    const { logDir } = this.options;
    if (severity === "E" || severity === "F") process.stderr.write(line);
    if (logDir === undefined) return;
    this.append(logDir, "INFO", line);
    if (severity === "F") this.append(logDir, "FATAL", line);
  }

  /** glog gives each process a file of its own, and the plain name is a link to the newest one's. */
  private append(logDir: string, kind: "INFO" | "FATAL", line: string): void {
    let file = this.files.get(kind);
    if (file === undefined) {
      const { role, host } = this.options;
      const name = `${role}.${host || "host"}.${os.userInfo().username}.log.${kind}.${renderFileTime(new Date())}.${process.pid}`;
      // Held open, as glog does: whoever looks finds the directory there.
      file = fs.openSync(path.join(logDir, name), "a");
      this.files.set(kind, file);
      const link = path.join(logDir, `${role}.${kind}`);
      fs.symlinkSync(name, `${link}.${process.pid}`);
      fs.renameSync(`${link}.${process.pid}`, link);
    }
    fs.writeSync(file, line);
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

/** `20261123-223201` */
const renderFileTime = (at: Date): string => at.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
