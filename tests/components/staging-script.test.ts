// The staging script, run by a real shell against a real download server.

import * as fs from "node:fs";
import * as path from "node:path";
import { buildStagingScript } from "../../components/staging-script";
import { StagingHost } from "./staging-host";

let host: StagingHost;
beforeEach(async () => {
  host = await StagingHost.start();
});
afterEach(() => host.stop());

const ARCHIVE = "/bigmath-2.18.0.0.tar.gz";

describe.each(["/bin/sh", "bash"])("in %s", (shell) => {
  test("a release is downloaded, checked, unpacked, installed and marked, in that order", async () => {
    const sha256 = await host.offer("2.18.0.0");
    const { code, stdout, stderr } = await host.stage({ sha256 }, shell);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout.split("\n")).toEqual([
      `download ${host.url.replace("{version}", "2.18.0.0")}`,
      `sha256 ${sha256} is as release.sha256 says`,
      `unpacked to ${host.final}`,
      "post_install.sh done",
      `release 2.18.0.0 staged in ${host.final}`,
      "",
    ]);
    expect(host.requests).toEqual([ARCHIVE]);
    expect(host.read("post_install.log")).toBe(`${host.final}\n`);
    expect(host.marker()).toBe(`version=2.18.0.0\nsha256=${sha256}\nextensions=none\n`);
    expect(host.leftovers()).toEqual([]);
    expect(fs.existsSync(path.join(host.final, ".pulumi-bmdb-staging"))).toBe(false);
  });

  test("a second run does nothing", async () => {
    await host.offer("2.18.0.0");
    await host.stage({}, shell);
    const before = host.snapshot(host.final);
    host.requests.length = 0;
    const { code, stdout } = await host.stage({}, shell);
    expect([code, stdout]).toEqual([0, `release 2.18.0.0 already staged in ${host.final}\n`]);
    expect(host.requests).toEqual([]);
    expect(host.snapshot(host.final)).toEqual(before);
  });
});

describe("the archive", () => {
  test("may have one top directory", async () => {
    await host.offer("2.18.0.0", { top: "bigmath-2.18.0.0" });
    expect((await host.stage()).code).toBe(0);
    expect(fs.existsSync(path.join(host.final, "bin", "mserver"))).toBe(true);
  });

  test("is refused, and leaves nothing behind, when it is not a release", async () => {
    await host.offer("2.18.0.0", { without: "bin/post_install.sh" });
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain("there is no bin/post_install.sh in the archive");
    expect(fs.existsSync(host.final)).toBe(false);
    expect(host.leftovers()).toEqual([]);
  });

  test("is refused when it holds another release", async () => {
    await host.offer("2.18.0.0", { metadata: '{"version_number": "2.16.0.0", "build_number": "3"}' });
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain("the archive holds 2.16.0.0 build 3, not 2.18.0.0");
    expect(fs.existsSync(host.final)).toBe(false);
  });

  test("is refused when it holds another build than the one that is named", async () => {
    await host.offer("2.18.0.0-b68", { metadata: '{"version_number":"2.18.0.0","build_number":"7"}' });
    const { code, stderr } = await host.stage({ version: "2.18.0.0-b68" });
    expect(code).toBe(1);
    expect(stderr).toContain("the archive holds 2.18.0.0 build 7, not 2.18.0.0-b68");
  });

  test("is taken when it holds the build that is named", async () => {
    await host.offer("2.18.0.0-b68");
    expect((await host.stage({ version: "2.18.0.0-b68" })).code).toBe(0);
    expect(host.marker(host.finalOf("2.18.0.0-b68"))).toContain("version=2.18.0.0-b68\n");
  });

  test("is refused when it is damaged although its sha256 is right", async () => {
    host.offerBytes("2.18.0.0", Buffer.from("this is not an archive"));
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain("the archive could not be unpacked: gzip: stdin: not in gzip format.");
    expect(fs.existsSync(host.final)).toBe(false);
    expect(host.leftovers()).toEqual([]);
  });

  test("that does not fit on the disk is an error with tar's first words, which are the cause", async () => {
    await host.offer("2.18.0.0");
    const words = [
      "bin/a: Cannot write: No space left on device",
      "Exiting with failure status due to previous errors",
    ];
    host.program("tar", `${words.map((line) => `echo 'tar: ${line}' >&2`).join("; ")}; exit 2`);
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain("could not be unpacked: tar: bin/a: Cannot write: No space left on device.");
    expect(fs.existsSync(host.final)).toBe(false);
  });

  test("is not unpacked when the disk has too little room", async () => {
    await host.offer("2.18.0.0");
    host.program(
      "df",
      "echo 'Filesystem 1024-blocks Used Available Capacity Mounted on'; echo '/dev/x 100 99 1 99% /'",
    );
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain(`${host.home} has 0 MiB free`);
    expect(fs.existsSync(host.final)).toBe(false);
  });
});

test("every error of the script ends with the command to run after its cause is gone", () => {
  const script = buildStagingScript({ version: "2.18.0.0", url: "http://h/a", installDir: "~/a", timeoutSeconds: 1 });
  const errors = script.split("\n").filter((line) => line.includes('die "'));
  expect(errors.length).toBeGreaterThan(15);
  expect(errors.filter((line) => !line.includes("run pulumi up again"))).toEqual([]);
});

describe("the sha256", () => {
  test("that differs is an error with both values, and nothing is left behind", async () => {
    const seen = await host.offer("2.18.0.0");
    const expected = "0".repeat(64);
    const { code, stderr } = await host.stage({ sha256: expected });
    expect(code).toBe(1);
    expect(stderr).toContain(`the archive's sha256 is ${seen}; release.sha256 says ${expected}.`);
    expect(fs.readdirSync(host.home)).toEqual([".pulumi-bmdb"]);
  });

  test("may be given in capitals", async () => {
    const sha256 = await host.offer("2.18.0.0");
    expect((await host.stage({ sha256: sha256.toUpperCase() })).code).toBe(0);
  });

  test("beside the archive decides when none is given, with a name behind it or alone", async () => {
    const sha256 = await host.offer("2.18.0.0");
    host.files.set(`${ARCHIVE}.sha256`, Buffer.from(sha256.toUpperCase()));
    const { code, stdout } = await host.stage();
    expect(code).toBe(0);
    expect(stdout).toContain(`sha256 ${sha256} is as the .sha256 beside the archive says`);
    expect(host.requests).toEqual([ARCHIVE, `${ARCHIVE}.sha256`]);
  });

  test("beside the archive that differs is an error", async () => {
    await host.offer("2.18.0.0");
    host.files.set(`${ARCHIVE}.sha256`, Buffer.from(`${"a".repeat(64)}  bigmath.tar.gz\n`));
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain(`the .sha256 beside the archive says ${"a".repeat(64)}`);
    expect(fs.existsSync(host.final)).toBe(false);
  });

  test("that is nowhere to be had is an error: nothing unverified is installed", async () => {
    await host.offer("2.18.0.0");
    host.files.delete(`${ARCHIVE}.sha256`);
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain('Set release.sha256["2.18.0.0"]');
    expect(fs.existsSync(host.final)).toBe(false);
  });

  test("beside the archive that is not one is an error", async () => {
    await host.offer("2.18.0.0");
    host.files.set(`${ARCHIVE}.sha256`, Buffer.from("<html>moved</html>\n"));
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain("does not begin with 64 hexadecimal digits");
  });

  test("that changes after a release was staged is an error, and the release stays", async () => {
    await host.offer("2.18.0.0");
    await host.stage();
    const before = host.snapshot(host.final);
    const { code, stderr } = await host.stage({ sha256: "b".repeat(64) });
    expect(code).toBe(1);
    expect(stderr).toContain(`release.sha256 now says ${"b".repeat(64)}`);
    expect(host.snapshot(host.final)).toEqual(before);
  });
});

describe("a directory that is not of our making", () => {
  test("is only verified when it holds the release", async () => {
    host.writeRelease(host.final, "2.18.0.0");
    const before = host.snapshot(host.final);
    const { code, stdout } = await host.stage({ extensions: "touch extended" });
    expect([code, stdout]).toEqual([
      0,
      `release 2.18.0.0 found in ${host.final}, verified, left as it is\nthe command of release.extensions was not run there\n`,
    ]);
    expect(host.requests).toEqual([]);
    expect(host.snapshot(host.final)).toEqual(before);
  });

  test("is an error when it holds another release, and is left as it is", async () => {
    host.writeRelease(host.final, "2.16.0.0");
    const before = host.snapshot(host.final);
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain(`${host.final} is not of our making, and its version_metadata.json does not say 2.18.0.0`);
    expect(host.snapshot(host.final)).toEqual(before);
  });

  test("is an error when a program is missing", async () => {
    host.writeRelease(host.final, "2.18.0.0", { without: "bin/bm-admin" });
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain("its bin/bm-admin is missing or not executable");
  });

  test("is taken over when it is empty, as the procedure's mkdir leaves it", async () => {
    await host.offer("2.18.0.0");
    fs.mkdirSync(host.final);
    expect((await host.stage()).code).toBe(0);
    expect(host.marker()).toContain("version=2.18.0.0");
  });

  test("is not needed when every process of the host runs the release from elsewhere", async () => {
    await host.offer("2.18.0.0");
    const elsewhere = path.join(host.root, "opt", "bmdb");
    host.writeRelease(elsewhere, "2.18.0.0");
    const { pid } = await host.runFrom(elsewhere);
    host.program("pgrep", `echo ${pid}`);
    const { code, stdout } = await host.stage();
    expect(code).toBe(0);
    expect(stdout).toContain(`release 2.18.0.0 already runs from ${elsewhere}`);
    expect(host.requests).toEqual([]);
  });

  test("elsewhere does not matter when it holds another release", async () => {
    await host.offer("2.18.0.0");
    const elsewhere = path.join(host.root, "opt", "bmdb");
    host.writeRelease(elsewhere, "2.16.0.0");
    const { pid } = await host.runFrom(elsewhere);
    host.program("pgrep", `echo ${pid}`);
    const { stdout } = await host.stage();
    expect(stdout).toContain(`release 2.18.0.0 staged in ${host.final}`);
  });
});

test("a version bump stages beside the old release and changes nothing in it", async () => {
  await host.offer("2.16.0.0");
  await host.offer("2.18.0.0");
  await host.stage({ version: "2.16.0.0" });
  const before = host.snapshot(host.finalOf("2.16.0.0"));
  expect((await host.stage()).code).toBe(0);
  expect(host.snapshot(host.finalOf("2.16.0.0"))).toEqual(before);
});

test("a script that arrives cut off does nothing", async () => {
  await host.offer("2.18.0.0");
  const script = host.script();
  for (const share of [0.1, 0.5, 0.9]) {
    await host.begin(script.slice(0, Math.floor(script.length * share))).ended;
  }
  expect(fs.readdirSync(host.home)).toEqual([]);
  expect(host.requests).toEqual([]);
});
