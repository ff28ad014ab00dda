// A host for the staging script: a home directory, a download server on the loopback address, small fake releases.

import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import * as tar from "tar";
import { buildStagingScript, type StagingOptions } from "../../components/staging-script";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ReleaseParts {
  /** What bin/mserver --version prints. */
  readonly answer?: string;
  readonly metadata?: string;
  readonly postInstall?: string;
  /** "" puts the files at the top of the archive. */
  readonly top?: string;
  readonly without?: string;
}

export class StagingHost {
  readonly root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "bmdb-staging-")));
  readonly home = path.join(this.root, "home");
  /** First on the PATH, so that a test can put its own program before the machine's. */
  readonly programs = path.join(this.root, "programs");
  readonly requests: string[] = [];
  readonly files = new Map<string, Buffer>();
  /** Answers instead of the file, when a test wants the network to misbehave. Returns whether it did. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  path = `${this.programs}:${process.env["PATH"]}`;
  private readonly children = new Set<ChildProcess>();
  private constructor(private readonly server: Server) {
    for (const dir of [this.home, this.programs]) fs.mkdirSync(dir);
    // The machine may run sandboxes with processes of the same names.
    this.program("pgrep", "exit 1");
  }

  static async start(): Promise<StagingHost> {
    const server = createServer((request, response) => host.answer(request, response));
    const host: StagingHost = new StagingHost(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  async stop(): Promise<void> {
    for (const child of this.children) child.kill("SIGKILL");
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/bigmath-{version}.tar.gz`;
  }

  get final(): string {
    return this.finalOf("2.18.0.0");
  }

  finalOf(version: string): string {
    return path.join(this.home, `softwarebm-${version}`);
  }

  script(options: Partial<StagingOptions> = {}): string {
    return buildStagingScript({
      version: "2.18.0.0",
      url: this.url,
      installDir: "~/softwarebm-{version}",
      timeoutSeconds: 60,
      ...options,
    });
  }

  async stage(options: Partial<StagingOptions> = {}, shell = "/bin/sh"): Promise<Ended> {
    return this.begin(this.script(options), shell).ended;
  }

  /** Starts a script as a process group of its own. */
  begin(script: string, shell = "/bin/sh"): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
    const child = spawn(shell, ["-s"], { detached: true, cwd: "/", env: { HOME: this.home, PATH: this.path } });
    this.children.add(child);
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => (stdout += chunk));
    child.stderr.on("data", (chunk) => (stderr += chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(script);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        this.children.delete(child);
        resolve({ code, stdout, stderr });
      });
    });
    return { child, ended };
  }

  /** A process whose program lies in a release's directory. */
  async runFrom(dir: string): Promise<ChildProcess> {
    fs.mkdirSync(path.join(dir, "bin"), { recursive: true });
    const program = path.join(dir, "bin", "busy");
    fs.copyFileSync(fs.realpathSync(this.find("sleep")), program);
    const child = spawn(program, ["600"], { stdio: "ignore" });
    this.children.add(child);
    await new Promise((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    // "spawn" is told after exec, so /proc shows the program by now.
    return child;
  }

  program(name: string, body: string): void {
    fs.writeFileSync(path.join(this.programs, name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  }

  /** A PATH with the programs that the script may use, but for some. */
  usePathWithout(...missing: string[]): void {
    const dir = path.join(this.root, "tools");
    fs.mkdirSync(dir);
    const names =
      "sh cat sed head tail tr cut date mkdir rm rmdir mv ls ln readlink basename dirname chmod df awk wc tar gzip grep sleep true timeout flock curl wget sha256sum";
    for (const name of names.split(" ")) {
      if (!missing.includes(name)) fs.symlinkSync(this.find(name), path.join(dir, name));
    }
    this.path = `${this.programs}:${dir}`;
  }

  find(name: string): string {
    for (const dir of (process.env["PATH"] ?? "").split(":")) {
      const file = path.join(dir, name);
      if (fs.existsSync(file)) return file;
    }
    throw new Error(`${name} is needed on the PATH for this test`);
  }

  /** Writes an unpacked release, as a person would have put it there. */
  writeRelease(dir: string, version: string, parts: ReleaseParts = {}): void {
    const release = version.replace(/-b\d+$/, "");
    const build = /-b(\d+)$/.exec(version)?.[1] ?? "68";
    const files: Record<string, string> = {
      "bin/mserver": `#!/bin/sh\necho "${parts.answer ?? `version ${release} build ${build} revision abc`}"\n`,
      "bin/dbserver": "#!/bin/sh\n",
      "bin/bm-admin": "#!/bin/sh\n",
      "bin/post_install.sh": `#!/bin/sh\n${parts.postInstall ?? 'pwd >>"$HOME/post_install.log"'}\n`,
      "version_metadata.json":
        parts.metadata ?? JSON.stringify({ version_number: release, build_number: build }, null, 2),
    };
    for (const [name, content] of Object.entries(files)) {
      if (name === parts.without) continue;
      fs.mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
      fs.writeFileSync(path.join(dir, name), content, { mode: name.startsWith("bin/") ? 0o755 : 0o644 });
    }
  }

  /** Offers an archive for download and returns its sha256. */
  async offer(version: string, parts: ReleaseParts = {}): Promise<string> {
    const work = fs.mkdtempSync(path.join(this.root, "archive-"));
    const top = parts.top ?? "";
    this.writeRelease(path.join(work, top), version, parts);
    const file = path.join(this.root, "archive.tar.gz");
    await tar.create({ file, cwd: work, gzip: true, portable: true }, fs.readdirSync(work));
    const bytes = fs.readFileSync(file);
    fs.rmSync(work, { recursive: true });
    return this.offerBytes(version, bytes);
  }

  offerBytes(version: string, bytes: Buffer): string {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    this.files.set(`/bigmath-${version}.tar.gz`, bytes);
    this.files.set(`/bigmath-${version}.tar.gz.sha256`, Buffer.from(`${sha256}  bigmath-${version}.tar.gz\n`));
    return sha256;
  }

  /** Everything below a directory with content, mode and time of change: two equal lists mean that nobody wrote there. */
  snapshot(dir: string): string[] {
    return fs
      .readdirSync(dir, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => {
        const stat = fs.statSync(path.join(dir, name));
        return `${name} ${stat.mode} ${stat.mtimeMs} ${stat.ino} ${stat.isFile() ? fs.readFileSync(path.join(dir, name), "base64") : ""}`;
      });
  }

  /** Names beside the release directories that must not stay behind. */
  leftovers(): string[] {
    return fs.readdirSync(this.home).filter((name) => name.includes(".staging"));
  }

  marker(dir = this.final): string {
    return fs.readFileSync(path.join(dir, ".pulumi-bmdb-staged"), "utf8");
  }

  read(name: string): string {
    const file = path.join(this.home, name);
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    this.requests.push(pathname);
    if (this.intercept(request, response)) return;
    const bytes = this.files.get(pathname);
    response.writeHead(bytes === undefined ? 404 : 200).end(bytes);
  }
}

/** Resolves when the condition holds; fails after 20 s with its name. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited 20 s until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
