import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { httpGet } from "../../../sandbox/hosts/http-get";
import { renderWgetShim } from "../../../sandbox/hosts/shims/download-shims";
import { startTwoHosts, type TwoHosts } from "./two-hosts";

const ARCHIVE = "bigmath-2.18.0.0.tar.gz";

describe("downloads on a host", () => {
  let hosts: TwoHosts;
  beforeAll(async () => {
    hosts = await startTwoHosts();
    writeFileSync(join(hosts.paths.releases, ARCHIVE), "an archive");
    writeFileSync(join(hosts.paths.releases, `${ARCHIVE}.sha256`), `0123  ${ARCHIVE}\n`);
    writeFileSync(join(hosts.paths.releases, "private"), "not offered");
  });
  afterAll(() => hosts?.stop());

  const home = (name: string): string => readFileSync(join(hosts.db1.home, name), "utf8");

  test("the procedure's wget line fetches from the sandbox", async () => {
    const result = await hosts.run(hosts.db1, `VER=2.18.0.0; wget https://downloads.bigmath.com/bigmath-$VER.tar.gz`);
    expect(result.code).toBe(0);
    expect(home(ARCHIVE)).toBe("an archive");
  });

  test("wget -qO- and curl print what they fetch", async () => {
    const url = `https://downloads.bigmath.com/${ARCHIVE}.sha256`;
    for (const command of [`wget -qO- ${url}`, `wget -q -O - ${url}`, `curl -fsSL ${url}`, `curl -fsS --url ${url}`]) {
      expect(await hosts.run(hosts.db1, command)).toEqual({ code: 0, stdout: `0123  ${ARCHIVE}\n`, stderr: "" });
    }
  });

  test("a release that is not offered fails with wget's code for a server's refusal", async () => {
    const result = await hosts.run(hosts.db1, "wget -q https://downloads.bigmath.com/bigmath-9.9.9.9.tar.gz");
    expect(result.code).toBe(8);
  });

  test("an address that is not BMDB's is passed on unchanged", async () => {
    const result = await hosts.run(hosts.db1, `wget -qO- ${hosts.downloadsUrl}/${ARCHIVE}`);
    expect(result.stdout).toBe("an archive");
  });

  test("nothing but releases can be asked for", async () => {
    for (const path of ["/private", "/../client_key", "/%2e%2e/client_key", `/${ARCHIVE}/../private`]) {
      expect(await httpGet(`${hosts.downloadsUrl}${path}`)).toMatchObject({ status: 404 });
    }
    expect(await httpGet(`${hosts.downloadsUrl}/${ARCHIVE}?x=1`)).toMatchObject({ status: 200, body: "an archive" });
  });

  describe("where wget is missing", () => {
    const wget = (args: string) => hosts.run(hosts.db2, `./wget ${args}`);
    beforeAll(() => {
      const shim = join(hosts.db2.home, "wget");
      writeFileSync(shim, renderWgetShim(hosts.downloadsUrl, undefined, "curl"));
      chmodSync(shim, 0o755);
    });

    test("curl takes its place for the plain forms", async () => {
      const url = `https://downloads.bigmath.com/${ARCHIVE}`;
      expect(await wget(url)).toMatchObject({ code: 0, stdout: "" });
      expect(await wget(`-q -O own.tgz ${url}`)).toEqual({ code: 0, stdout: "", stderr: "" });
      expect(readFileSync(join(hosts.db2.home, ARCHIVE), "utf8")).toBe("an archive");
      expect(readFileSync(join(hosts.db2.home, "own.tgz"), "utf8")).toBe("an archive");
      expect(await wget(`-qO- ${url}.sha256`)).toMatchObject({ code: 0, stdout: `0123  ${ARCHIVE}\n` });
    });

    test("the exit codes are wget's, and an unknown option says what to install", async () => {
      expect(await wget("-q https://downloads.bigmath.com/bigmath-9.9.9.9.tar.gz")).toMatchObject({ code: 8 });
      expect(await wget("-q http://127.0.0.1:1/x")).toMatchObject({ code: 4 });
      expect(await wget("--mirror https://downloads.bigmath.com/")).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("apt-get install wget"),
      });
    });
  });
});
