import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildRelease, ensureRuntime, knownReleases } from "../../../sandbox/release";
import { listFlagsOf, listMigrationsOf } from "../../../sandbox/release/known-releases";

const dir = fs.mkdtempSync(path.join(os.tmpdir(), "bmdb-release-test-"));
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

const list = (archive: string): string[] =>
  execFileSync("tar", ["tzf", archive], { encoding: "utf8" }).trim().split("\n");

/** Unpacks with the system's tar, as the procedure does. */
function unpack(archive: string, name: string): string {
  const target = path.join(dir, name);
  fs.mkdirSync(target);
  execFileSync("tar", ["xf", archive, "-C", target]);
  return target;
}

describe("a series after those that are known", () => {
  test("has all that the ones before it have, and one AutoFlag of either process and one migration more", () => {
    const countsOf = (version: string) => [
      listFlagsOf(version, "mserver").length,
      listFlagsOf(version, "dbserver").length,
      listMigrationsOf(version).length,
    ];
    const [mserver = 0, dbserver = 0, migrations = 0] = countsOf("2.20.0.0");
    expect(countsOf("2.22.0.0")).toEqual([mserver + 1, dbserver + 1, migrations + 1]);
    expect(countsOf("2.56.0.0")).toEqual([mserver + 18, dbserver + 18, migrations + 18]);
    expect(listFlagsOf("2.24.0.0", "dbserver")).toEqual(expect.arrayContaining(listFlagsOf("2.22.0.0", "dbserver")));
  });
});

describe("a release archive", () => {
  test("has the same bytes every time, and the checksum beside it", async () => {
    const first = await buildRelease({ version: "2.18.0.0", outDir: path.join(dir, "a") });
    const second = await buildRelease({ version: "2.18.0.0", outDir: path.join(dir, "b") });
    expect(second.sha256).toBe(first.sha256);
    expect(createHash("sha256").update(fs.readFileSync(first.archive)).digest("hex")).toBe(first.sha256);
    expect(fs.readFileSync(`${first.archive}.sha256`, "utf8")).toBe(`${first.sha256}  bigmath-2.18.0.0.tar.gz\n`);
    expect(fs.readdirSync(path.join(dir, "a")).sort()).toEqual([
      "bigmath-2.18.0.0.tar.gz",
      "bigmath-2.18.0.0.tar.gz.sha256",
    ]);
  });

  test("is flat, or has one top directory when asked", async () => {
    const flat = list((await buildRelease({ version: "2.16.0.0", outDir: path.join(dir, "flat") })).archive);
    expect(flat).toEqual(
      expect.arrayContaining([
        "bin/mserver",
        "bin/dbserver",
        "bin/bm-admin",
        "bin/post_install.sh",
        "version_metadata.json",
        "auto_flags.json",
      ]),
    );
    const top = await buildRelease({ version: "2.16.0.0", outDir: path.join(dir, "top"), layout: "top_directory" });
    expect(list(top.archive)).toEqual(flat.map((name) => `bigmath-2.16.0.0/${name}`));
  });

  test("holds only the sandbox's own code, which needs nothing but Node", async () => {
    const { archive } = await buildRelease({ version: "2.18.0.0", outDir: path.join(dir, "code") });
    const root = unpack(archive, "code-unpacked");
    const files = list(archive).filter((name) => name.endsWith(".js"));
    for (const file of files) {
      const required = [...fs.readFileSync(path.join(root, file), "utf8").matchAll(/require\("([^"]+)"\)/g)].map(
        (match) => match[1] ?? "",
      );
      expect(required.filter((name) => !name.startsWith(".") && !name.startsWith("node:"))).toEqual([]);
    }
    expect(fs.statSync(archive).size).toBeLessThan(200_000);
  });

  test("each newer release brings more AutoFlags and migrations, and drops none", async () => {
    const facts = [];
    for (const version of knownReleases) {
      const { archive } = await buildRelease({ version, outDir: path.join(dir, "all") });
      const root = unpack(archive, `all-${version}`);
      const { auto_flags } = JSON.parse(fs.readFileSync(path.join(root, "auto_flags.json"), "utf8")) as {
        auto_flags: { flags: { name: string }[] }[];
      };
      const metadata = JSON.parse(fs.readFileSync(path.join(root, "version_metadata.json"), "utf8")) as {
        version_number: string;
      };
      expect(metadata.version_number).toBe(version);
      facts.push({
        flags: auto_flags.flatMap(({ flags }) => flags.map(({ name }) => name)),
        migrations: fs.readdirSync(path.join(root, "share/bsql_migrations")),
      });
    }
    expect(facts[0]?.flags).toEqual([]);
    for (const [i, older] of facts.slice(0, -1).entries()) {
      const newer = facts[i + 1];
      expect(newer?.flags).toEqual(expect.arrayContaining(older.flags));
      expect(newer?.flags.length).toBeGreaterThan(older.flags.length);
      expect(newer?.migrations.length).toBeGreaterThan(older.migrations.length);
    }
  });
});

describe("post_install.sh", () => {
  test("puts the executables in place once and says so the second time", async () => {
    const { archive } = await buildRelease({ version: "2.18.0.0", outDir: path.join(dir, "install") });
    const root = unpack(archive, "softwarebm-2.18.0.0");
    const run = (file: string, runtime: string) =>
      spawnSync(path.join(root, file), ["--version"], {
        env: { ...process.env, BMDB_SANDBOX_RUNTIME: runtime },
        encoding: "utf8",
      });
    const runtime = await ensureRuntime();

    expect(run("bin/mserver", "")).toMatchObject({ status: 126, stderr: "mserver: run bin/post_install.sh first\n" });
    const failed = run("bin/post_install.sh", "/no/such/runtime");
    expect(failed).toMatchObject({ status: 1, stderr: expect.stringContaining("BMDB_SANDBOX_RUNTIME") });
    expect(fs.existsSync(path.join(root, ".post_install.sh.completed"))).toBe(false);

    expect(run("bin/post_install.sh", runtime)).toMatchObject({ status: 0, stdout: "" });
    expect(run("bin/mserver", "").stdout).toMatch(/^version 2\.18\.0\.0 build 1 /);
    const again = run("bin/post_install.sh", "");
    expect(again).toMatchObject({
      status: 0,
      stdout: `post_install.sh was already run (marker at ${fs.realpathSync(root)}/.post_install.sh.completed)\n`,
    });
  });
});
