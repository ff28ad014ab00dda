// A home directory in which acts really run: /bin/sh, real processes, a release to stop and one to start.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Act,
  type ActReport,
  buildActScript,
  buildLaunchCommand,
  parseActReport,
} from "../../provider/steps/act-script";

export interface Identity {
  readonly pid: number;
  readonly startTicks: string;
}

export const isAlive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

export class ActHome {
  readonly dir = mkdtempSync(join(tmpdir(), "bmdb-act-"));
  private readonly children: ChildProcess[] = [];
  private readonly pids: number[] = [];

  constructor() {
    for (const release of ["old", "new"]) {
      mkdirSync(join(this.dir, release, "bin"), { recursive: true });
      writeFileSync(
        join(this.dir, release, "bin/mserver"),
        `#!/bin/sh\necho "$PWD $*" >"${this.dir}/started"\nexec sleep 60\n`,
      );
      chmodSync(join(this.dir, release, "bin/mserver"), 0o755);
    }
    mkdirSync(join(this.dir, ".pulumi-bmdb"));
    writeFileSync(
      join(this.dir, ".pulumi-bmdb/mserver.start"),
      'cd "$1" || exit 1\nif [ "$2" = check ]; then exec test -x ./bin/mserver; fi\nexec ./bin/mserver --flagfile x\n',
    );
  }

  /** A binary of the old release that runs JavaScript. */
  private binary(name: string): string {
    const first = join(this.dir, "old/bin/runtime");
    if (!existsSync(first)) copyFileSync(process.execPath, first);
    const path = join(this.dir, "old/bin", name);
    rmSync(path, { force: true });
    linkSync(first, path);
    return path;
  }

  /** Runs from the old release; resolves with its first line of output. */
  async runOld(name: string, script: string): Promise<{ identity: Identity; line: string }> {
    const child = spawn(this.binary(name), ["-e", script], { stdio: ["ignore", "pipe", "inherit"], detached: true });
    this.children.push(child);
    const line = await new Promise<string>((resolve) =>
      child.stdout.once("data", (data: Buffer) => resolve(String(data))),
    );
    return { identity: this.identify(child.pid ?? 0), line: line.trim() };
  }

  identify(pid: number): Identity {
    this.pids.push(pid);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return { pid, startTicks: stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "" };
  }

  run(command: string, stdin: string): Promise<{ code: number; stderr: string }> {
    return new Promise((resolve) => {
      const child = execFile(
        "/bin/sh",
        ["-c", command],
        { env: { HOME: this.dir, PATH: process.env["PATH"] }, timeout: 10_000 },
        (error, _stdout, stderr) => resolve({ code: typeof error?.code === "number" ? error.code : 0, stderr }),
      );
      child.stdin?.end(stdin);
    });
  }

  async carryOut(act: Act): Promise<ActReport> {
    expect(await this.run(buildLaunchCommand(act), buildActScript(act))).toEqual({ code: 0, stderr: "" });
    for (let tries = 0; tries < 1200; tries += 1) {
      const report = parseActReport(readFileSync(join(this.dir, ".pulumi-bmdb/mserver.act"), "utf8"));
      if (report.outcome.kind === "ok") this.pids.push(report.outcome.pid);
      if (report.outcome.kind !== "running") return report;
      await sleep(50);
    }
    throw new Error("the act did not end");
  }

  act(stop: Identity, more: Partial<Act> = {}): Act {
    return {
      id: "abc123",
      role: "mserver",
      stop: { ...stop, timeoutMs: 20_000 },
      releaseDir: join(this.dir, "new"),
      version: "2.18.0.0",
      own: { start: undefined, stop: undefined },
      bsqlPort: undefined,
      limits: { killMs: 5_000, childrenMs: 1_000, portsMs: 1_000, appearMs: 1_000, pollMs: 50 },
      guard: "",
      ...more,
    };
  }

  remove(): void {
    for (const child of this.children.splice(0)) child.kill("SIGKILL");
    for (const pid of this.pids.splice(0)) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}
