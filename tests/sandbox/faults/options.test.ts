import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { planHosts } from "../../../sandbox/cli/layouts";
import { pollUntil } from "../../../sandbox/hosts/poll";
import { startSandbox } from "../../../sandbox/sandbox";
import type { Sandbox, SandboxOptions } from "../../../sandbox/types";

const OLD = "2.16.0.0";
const NEW = "2.18.0.0";

function withSandbox(options: Partial<SandboxOptions>, act: (sandbox: Sandbox) => Promise<void>): () => Promise<void> {
  return async () => {
    const dir = mkdtempSync(join(tmpdir(), "bmdb-options-"));
    const hosts = planHosts({ layout: "colocated", hosts: 1 });
    const sandbox = await startSandbox({ dir, hosts, version: OLD, releases: [NEW], ...options });
    try {
      await act(sandbox);
    } finally {
      await sandbox.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  };
}

const read = async (sandbox: Sandbox, port: number, path: string): Promise<string> => {
  const page = await fetch(`http://${sandbox.hosts[0]?.address}:${port}${path}`);
  return `${page.status} ${await page.text()}`;
};

describe("a sandbox can be", () => {
  test(
    "one whose processes answer HTML and nothing else",
    withSandbox({ htmlOnly: true }, async (sandbox) => {
      for (const path of ["/api/v1/masters", "/api/v1/tile-servers", "/api/v1/version", "/api/v1/varz", "/metrics"])
        expect(await read(sandbox, 10_000, path)).toBe("404 Error 404: Not Found\nFile not found");
      for (const path of ["/api/v1/version", "/metrics", "/prometheus-metrics", "/jsonmetricz"])
        expect(await read(sandbox, 9_000, path)).toMatch(/^404 /);
      expect(await read(sandbox, 10_000, "/")).toMatch(/^200 (.|\n)*<td>LEADER<\/td>/);
      expect(await read(sandbox, 10_000, "/masters")).toMatch(/^200 (.|\n)*RAFT Role/);
      expect(await read(sandbox, 10_000, "/tile-servers")).toMatch(/^200 (.|\n)*ALIVE/);
      expect(await read(sandbox, 10_000, "/tablet-replication")).toMatch(/^200 (.|\n)*Leaderless Tablets/);
      expect(await read(sandbox, 9_000, "/varz?raw")).toContain("--heartbeat_interval_ms=");
    }),
  );

  test(
    "one whose data directories are inside the first release",
    withSandbox({ dataInsideRelease: true }, async (sandbox) => {
      const { home = "" } = sandbox.hosts[0] ?? {};
      const release = join(home, `softwarebm-${OLD}`);
      expect(readFileSync(join(home, "conf/dbserver.conf"), "utf8")).toContain(
        `--fs_data_dirs=${release}/data/dbserver\n`,
      );
      expect((await sandbox.exec("db1", `ls ${release}/data/dbserver/bm-data/dbserver`)).stdout).toContain(
        "state.json",
      );
      expect((await sandbox.exec("db1", "ls data")).code).not.toBe(0);
    }),
  );

  test(
    "one that has promoted an AutoFlag which the next release does not have, and which ends its processes",
    withSandbox({ retiredAutoFlag: true }, async (sandbox) => {
      const flag = "cdcsdk_enable_cleanup_of_expired_table_entries";
      expect(await read(sandbox, 9_000, "/varz?raw")).toContain(`--${flag}=true`);
      const install = `wget -q https://downloads.bigmath.com/bigmath-${NEW}.tar.gz && mkdir new && tar xf bigmath-${NEW}.tar.gz -C new && ./new/bin/post_install.sh`;
      expect((await sandbox.exec("db1", install)).code).toBe(0);
      expect((await sandbox.exec("db1", "cat new/auto_flags.json")).stdout).not.toContain(flag);
      const restart =
        "pkill -x dbserver; while pgrep -x dbserver; do sleep 0.05; done; cd new; setsid ./bin/dbserver --flagfile ~/conf/dbserver.conf >>~/logs/dbserver.out 2>&1 </dev/null &";
      await sandbox.exec("db1", restart);
      const crash = await pollUntil(
        async () => (await sandbox.events()).find(({ event }) => event === "process_crashed"),
        20_000,
      );
      expect(crash).toMatchObject({
        version: NEW,
        reason: expect.stringContaining(`AutoFlag '${flag}' is not supported`),
      });
    }),
  );
});
