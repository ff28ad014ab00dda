import * as fc from "fast-check";
import { HOST_FACTS_BEGIN, HOST_FACTS_END } from "../../../../provider/inventory/host-facts-command";
import { parseHostFacts } from "../../../../provider/inventory/parse/host-facts";
import { valueFrom, whyNot } from "./captured";

const base64 = (text: string | Buffer): string => Buffer.from(text).toString("base64");
const stat = (pid: number, ppid: number, ticks: number, state = "S", name = "mserver") =>
  base64(`${pid} (${name}) ${state} ${ppid} ${"0 ".repeat(17)}${ticks} 0\n`);
const hostLines = [
  "clock 1700000000.500000000",
  `hostname ${base64("db1")}`,
  `user ${base64("bigmath")}`,
  "uid 1000",
  "state-dir none",
];
const processLines = (pid: number, change: Record<string, string | undefined> = {}): string[] => {
  const values: Record<string, string | undefined> = {
    stat: stat(pid, 1, 77),
    exe: base64("/home/bigmath/softwarebm-2.18.0.0/bin/mserver"),
    cmdline: base64("./bin/mserver\0--flagfile\0/etc/ms.conf\0"),
    status: base64("Name:\tmserver\nUmask:\t0022\nUid:\t1000\t1000\t1000\t1000\n"),
    environ: base64("A=1\0SECRET=hunter2\0A=2\0broken\0"),
    "stat-again": stat(pid, 1, 77),
    ...change,
  };
  return [
    `process mserver ${pid}`,
    ...Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [`${key} ${value}`])),
  ];
};
const answer = (...lines: string[]) =>
  [HOST_FACTS_BEGIN, ...hostLines, "looked mserver 0", ...lines, HOST_FACTS_END, ""].join("\n");

describe("parseHostFacts", () => {
  it("reads a process", () => {
    const [found] = valueFrom(parseHostFacts(answer(...processLines(7)))).processes;
    expect(found).toMatchObject({
      pid: 7,
      startTicks: 77,
      argv: ["./bin/mserver", "--flagfile", "/etc/ms.conf"],
      umask: "0022",
    });
  });

  it("takes the first of two values in an environment", () => {
    const [found] = valueFrom(parseHostFacts(answer(...processLines(7)))).processes;
    expect(found?.environment).toEqual({ A: "1", SECRET: "hunter2" });
  });

  it("passes over what a login shell printed before, and carriage returns", () => {
    const noisy = `Welcome!\nuid 0\n${answer(...processLines(7))}`.replaceAll("\n", "\r\n");
    expect(valueFrom(parseHostFacts(noisy)).uid).toBe(1000);
  });

  it("is not led astray by a process that is named like the frame", () => {
    const cmdline = base64(`./bin/mserver\0\n${HOST_FACTS_END}\n\0`);
    const [found] = valueFrom(parseHostFacts(answer(...processLines(7, { cmdline })))).processes;
    expect(found?.argv[1]).toBe(`\n${HOST_FACTS_END}\n`);
  });

  it("finds the state behind a process name with brackets and blanks in it", () => {
    const odd = stat(7, 1, 77, "S", "m) Z 1 (x");
    expect(
      valueFrom(parseHostFacts(answer(...processLines(7, { stat: odd, "stat-again": odd })))).processes,
    ).toHaveLength(1);
  });

  it("leaves a zombie out", () => {
    const zombie = stat(7, 1, 77, "Z");
    const lines = processLines(7, { stat: zombie, "stat-again": zombie, cmdline: "", exe: undefined });
    expect(valueFrom(parseHostFacts(answer(...lines))).processes).toEqual([]);
  });

  it("does not count a helper that a server has just forked as a second server", () => {
    const helper = processLines(8, { stat: stat(8, 7, 99), "stat-again": stat(8, 7, 99) });
    expect(valueFrom(parseHostFacts(answer(...processLines(7), ...helper))).processes.map(({ pid }) => pid)).toEqual([
      7,
    ]);
  });

  it("counts two servers side by side as two", () => {
    expect(valueFrom(parseHostFacts(answer(...processLines(7), ...processLines(8)))).processes).toHaveLength(2);
  });

  it("knows no binary and no environment of a process it may not look into", () => {
    const [found] = valueFrom(
      parseHostFacts(answer(...processLines(7, { exe: undefined, environ: undefined }))),
    ).processes;
    expect(found).toMatchObject({ exe: undefined, releaseDir: undefined, environment: undefined });
  });

  it("knows no release of a binary that lies elsewhere", () => {
    const [found] = valueFrom(
      parseHostFacts(answer(...processLines(7, { exe: base64("/usr/sbin/mserver") }))),
    ).processes;
    expect(found).toMatchObject({ exe: "/usr/sbin/mserver", releaseDir: undefined });
  });

  it("knows no environment that is not UTF-8, because it could not be repeated", () => {
    const environ = base64(Buffer.from([0x41, 0x3d, 0xff, 0]));
    expect(
      valueFrom(parseHostFacts(answer(...processLines(7, { environ })))).processes[0]?.environment,
    ).toBeUndefined();
  });

  it.each([
    [
      "a command line that is not UTF-8",
      processLines(7, { cmdline: base64(Buffer.from([0xff, 0])) }),
      /command line of mserver \(pid 7\)/,
    ],
    ["no command line", processLines(7, { cmdline: undefined }), /command line of mserver \(pid 7\)/],
    ["a process that ended meanwhile", processLines(7, { "stat-again": undefined }), /ended while it was looked at/],
    [
      "a pid that was given to another",
      processLines(7, { "stat-again": stat(7, 1, 88) }),
      /ended while it was looked at/,
    ],
    ["no owner", processLines(7, { status: undefined }), /owner of mserver/],
    ["a line without a key", ["???"], /line that is not understood/],
  ])("refuses %s", (_what, lines, expected) => {
    expect(whyNot(parseHostFacts(answer(...lines)))).toMatch(expected);
  });

  it.each([
    ["a unit", "0::/system.slice/bmdb-mserver.service\n", "bmdb-mserver.service"],
    ["a unit of a template", "0::/system.slice/system-bmdb.slice/bmdb@1.service", "bmdb@1.service"],
    ["a unit inside a unit", "0::/system.slice/outer.service/inner.service/part", "inner.service"],
    ["a user's unit", "0::/user.slice/user-1000.slice/user@1000.service/app.slice/bmdb.service", "bmdb.service"],
    ["many hierarchies", "3:cpu:/x.service\n1:name=systemd:/system.slice/y.service\n", "y.service"],
    ["a login session", "0::/user.slice/user-1000.slice/session-3.scope", undefined],
    ["a container", "0::/system.slice/docker.service/docker-12ab.scope/init", undefined],
    ["no systemd", "0::/\n", undefined],
    ["a name that is none", "0::/system.slice/a b$(reboot).service", undefined],
    ["something else", "hello", undefined],
  ])("reads from its control group %s", (_what, cgroup, unit) => {
    const [found] = valueFrom(parseHostFacts(answer(...processLines(7, { cgroup: base64(cgroup) })))).processes;
    expect(found?.unit).toBe(unit);
  });

  it("reads its parent", () => {
    const from = (change: Record<string, string | undefined>) =>
      valueFrom(parseHostFacts(answer(...processLines(7, change)))).processes[0]?.parent;
    expect(from({ "parent-name": base64("super visor)\n") })).toEqual({ pid: 1, name: "super visor)" });
    const script = {
      "parent-name": base64("sh\n"),
      "parent-cmdline": base64("sh\0/opt/keep-alive.sh\0--password=x\0"),
    };
    expect(from(script)).toEqual({ pid: 1, name: "sh /opt/keep-alive.sh" });
    expect(from({ ...script, "parent-cmdline": base64("sh\0-c\0password=x\0") })).toEqual({ pid: 1, name: "sh" });
    expect(from({})).toBeUndefined();
  });

  it("refuses an answer that is cut off anywhere", () => {
    const whole = answer(...processLines(7));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 2 }), (length) => {
        expect(parseHostFacts(whole.slice(0, length)).ok).toBe(false);
      }),
    );
  });

  it("never says a part of the environment, however the answer is damaged", () => {
    const whole = answer(...processLines(7));
    const secrets = [base64("A=1\0SECRET=hunter2\0A=2\0broken\0").slice(0, 12), "hunter2"];
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(60), fc.string(), (at, length, instead) => {
        const why = whyNot(parseHostFacts(whole.slice(0, at) + instead + whole.slice(at + length)));
        for (const secret of secrets) expect(why).not.toContain(secret);
      }),
    );
  });

  it("reads disks whose device and mount point hold blanks", () => {
    const df =
      "Filesystem 1024-blocks Used Available Capacity Mounted on\n//nas/my share 1000 400 600 40% /mnt/my data\n";
    const disk = [
      `disk-asked ${base64("/mnt/my data/x")}`,
      `disk-measured ${base64("/mnt/my data")}`,
      `disk-df ${base64(df)}`,
    ];
    const body = [HOST_FACTS_BEGIN, ...hostLines, ...disk, HOST_FACTS_END].join("\n");
    expect(valueFrom(parseHostFacts(body)).disks).toEqual([
      { asked: "/mnt/my data/x", measured: "/mnt/my data", totalBytes: 1_024_000, availableBytes: 614_400 },
    ]);
  });

  it("does not take a df that failed for a disk without space", () => {
    const disk = [`disk-asked ${base64("/x")}`, `disk-measured ${base64("/")}`, "disk-df "];
    expect(whyNot(parseHostFacts([HOST_FACTS_BEGIN, ...hostLines, ...disk, HOST_FACTS_END].join("\n")))).toMatch(
      /disks/,
    );
  });
});
