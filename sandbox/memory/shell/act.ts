// Acts: launching one, and carrying it out line by line, detached from whoever launched it.
//
// A line that does something does it here; a line that only prepares is known by heart. Any other line is an error, so that
// an act never means more, or less, on a real host than here.

import type { SandboxRole } from "../../types";
import type { MemoryCluster } from "../memory-cluster";
import { type MemoryHost, STATE_DIR } from "../memory-host";
import type { MemoryProcess } from "../memory-process";
import { PREPARING_LINES } from "./act-lines";
import { passGuard } from "./lease";
import { readStartRecord } from "./start-record";
import { readWords, UnknownCommand } from "./words";

const LAUNCH =
  /^umask 077\nmkdir -p "\$HOME\/\.pulumi-bmdb" && cd "\$HOME\/\.pulumi-bmdb" \|\| exit 1\nif \[ -s (mserver|dbserver)\.act\.pid \] .* exit 75; fi\nnew=\1\.act\.sh\.new\.\$\$; trap 'rm -f "\$new"' EXIT\ncat >"\$new" && .* exit 74; \}\nmv "\$new" \1\.act\.sh \|\| .* exit 74; \}\nprintf 'act %s %s\\n' ('[^']*') ('[^']*') >\1\.act\nsetsid sh \.\/\1\.act\.sh <\/dev\/null >\/dev\/null 2>&1 &\necho \$! >\1\.act\.pid$/;

export interface Launched {
  readonly code: number;
  readonly stderr: string;
}

/** Undefined: this launches nothing. `by`: the operator whose act it is. */
export function launchAct(
  cluster: MemoryCluster,
  host: MemoryHost,
  given: { readonly command: string; readonly stdin: string; readonly by: string },
): Launched | undefined {
  const match = LAUNCH.exec(given.command);
  if (match === null) return undefined;
  const role: SandboxRole = match[1] === "mserver" ? "mserver" : "dbserver";
  const running = actsOn(host);
  if (running.has(role)) return { code: 75, stderr: "an act on this process is still running\n" };
  if (!given.stdin.endsWith("\n# end of act\n")) return { code: 74, stderr: "the act did not arrive whole\n" };
  const [id] = readWords(match[2] ?? "");
  const [version] = readWords(match[3] ?? "");
  if (!host.write(`${STATE_DIR}/${role}.act`, `act ${id} ${version}\n`)) return { code: 74, stderr: "No space left\n" };
  const act = new Act(cluster, host, role, given.by);
  const { bootCount } = host;
  running.add(role);
  void act.run(given.stdin.split("\n"), () => host.bootCount === bootCount).finally(() => running.delete(role));
  return { code: 0, stderr: "" };
}

const running = new WeakMap<MemoryHost, Set<SandboxRole>>();

/** Which processes an act is at work on. */
export function actsOn(host: MemoryHost): Set<SandboxRole> {
  const known = running.get(host) ?? new Set<SandboxRole>();
  running.set(host, known);
  return known;
}

class Failed extends Error {}

class Act {
  private dir = "";
  private pid = 0;
  private process: MemoryProcess | undefined;
  private started: MemoryProcess | undefined;

  constructor(
    private readonly cluster: MemoryCluster,
    private readonly host: MemoryHost,
    private readonly role: SandboxRole,
    private readonly by: string,
  ) {}

  /** `isAlive`: an act ends with its host. */
  async run(lines: readonly string[], isAlive: () => boolean): Promise<void> {
    try {
      // The shell takes a moment to get through its functions.
      await this.cluster.time.sleep(20);
      for (const line of lines) {
        if (!isAlive()) return;
        if (line !== "" && !PREPARING_LINES.some((known) => isLine(known, line))) await this.carryOut(line);
      }
    } catch (error) {
      if (!(error instanceof Failed)) return this.cluster.fail(error);
      this.say(`done failed ${error.message}`);
    }
  }

  private async carryOut(line: string): Promise<void> {
    const vars = /^role='(mserver|dbserver)'; dir=('[^']*'); report='(?:mserver|dbserver)\.act'$/.exec(line);
    if (vars !== null) {
      this.dir = readWords(vars[2] ?? "")[0] ?? "";
      return;
    }
    const said = /^say "([^"]*)"$/.exec(line);
    if (said !== null) return this.say(this.fill(said[1] ?? ""));
    if (line.startsWith('[ -r "$role.start" ] || fail ')) {
      if (this.record === undefined) throw new Failed(this.fill(/fail "(.*)"$/.exec(line)?.[1] ?? ""));
      return;
    }
    if (line.startsWith('env -i sh "./$role.start" "$dir" check ')) {
      if (this.host.releases.get(this.dir) === undefined)
        throw new Failed(`it could not be started from ${this.dir}: cd: can't cd to ${this.dir}`);
      return;
    }
    const pid = /^pid=(\d+)$/.exec(line);
    if (pid !== null) {
      this.pid = Number(pid[1]);
      this.process = this.host.processWith(this.pid);
      return;
    }
    const guard = /^\( (: lease guard .*) \) 2>\/dev\/null \|\| fail "(.*)"$/.exec(line);
    if (guard !== null) {
      const { refusal } = passGuard(this.host, `${(guard[1] ?? "").replace("; [", "\n[")}\n`);
      if (refusal !== undefined) throw new Failed(guard[2] ?? "");
      return;
    }
    const ticks = /^\[ "\$\(ticks "\$pid"\)" = '(\d+)' \] \|\| fail "(.*)"$/.exec(line);
    if (ticks !== null) {
      if (this.process?.startTicks !== Number(ticks[1])) throw new Failed(this.fill(ticks[2] ?? ""));
      return;
    }
    if (line === 'kill -TERM "$pid" 2>/dev/null') {
      this.process?.terminate(this.by);
      return;
    }
    const kill = /^within (\d+) gone "\$pid" \|\| \{ say "(.*)"; kill -KILL "\$pid" 2>\/dev\/null; \}$/.exec(line);
    if (kill !== null) {
      if (await this.isGoneWithin(Number(kill[1]) * 10)) return;
      this.say(this.fill(kill[2] ?? ""));
      this.process?.kill(this.by);
      return;
    }
    const dead = /^within (\d+) gone "\$pid" \|\| fail "(.*)"$/.exec(line);
    if (dead !== null) {
      if (!(await this.isGoneWithin(Number(dead[1]) * 10))) throw new Failed(this.fill(dead[2] ?? ""));
      return;
    }
    const free = /^within (\d+) free \|\| fail "/.exec(line);
    if (free !== null) {
      if (!(await this.isFreeWithin(Number(free[1]) * 10))) throw new Failed("a port that it held is still in use");
      return;
    }
    const again = /^\[ -z "\$again" \] \|\| fail "(.*)"$/.exec(line);
    if (again !== null) {
      const other = this.startedAgain;
      if (other !== undefined) throw new Failed((again[1] ?? "").replaceAll("$again", String(other.pid)));
      return;
    }
    if (line === ': >"$role.starting"; say "starting from $dir"') return this.say(`starting from ${this.dir}`);
    if (line === 'setsid env -i sh "./$role.start" "$dir" </dev/null >>"$role.start.out" 2>&1 &') return this.start();
    throw new UnknownCommand("a line of an act", line);
  }

  private get record(): string | undefined {
    return this.host.files.get(`${STATE_DIR}/${this.role}.start`);
  }

  private start(): void {
    const { record, host, dir } = this;
    const version = host.releases.get(dir);
    if (record === undefined || version === undefined) return;
    const { role, args, environment, umask, output } = readStartRecord(record);
    this.started = this.cluster.startFrom(host, {
      role,
      releaseDir: dir,
      version,
      argv: [`./bin/${role}`, ...args],
      environment,
      umask,
      output,
      by: this.by,
    });
  }

  private isGoneWithin(limitMs: number): Promise<boolean> {
    const { process } = this;
    if (process === undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (isGone: boolean): void => {
        this.cluster.time.wake();
        resolve(isGone);
      };
      const limit = this.cluster.time.after(limitMs, () => settle(false));
      process.onGone(() => {
        limit.cancel();
        // Seen at the next look.
        this.cluster.time.after(100, () => settle(true));
      });
    });
  }

  /** Somebody else has started the same binary meanwhile. */
  private get startedAgain(): MemoryProcess | undefined {
    return this.host.processesOf(this.role).find((each) => each !== this.process && each.exe === this.process?.exe);
  }

  private async isFreeWithin(limitMs: number): Promise<boolean> {
    const { time } = this.cluster;
    const untilMs = time.nowMs + limitMs;
    const isBusy = (): boolean =>
      this.host.processesOf(this.role).some((each) => each.rpcAddress === this.process?.rpcAddress);
    while (this.startedAgain === undefined && isBusy()) {
      if (time.nowMs >= untilMs) return false;
      await time.sleep(200);
    }
    return true;
  }

  private fill(text: string): string {
    return text
      .replaceAll("$pid", String(this.pid))
      .replaceAll("$dir", this.dir)
      .replaceAll("$!", String(this.started?.pid ?? 1));
  }

  private say(text: string): void {
    const path = `${STATE_DIR}/${this.role}.act`;
    this.host.write(path, `${this.host.files.get(path) ?? ""}${text}\n`);
  }
}

const isLine = (known: string | RegExp, line: string): boolean =>
  typeof known === "string" ? known === line : known.test(line);
