// How the staging script fetches an archive: which programs, which limits, and what nobody may see.

import * as fs from "node:fs";
import * as path from "node:path";
import { buildStagingScript } from "../../components/staging-script";
import { StagingHost } from "./staging-host";

let host: StagingHost;
beforeEach(async () => {
  host = await StagingHost.start();
});
afterEach(() => host.stop());

const SECRET = "hunter2";
const privateUrl = (): string => host.url.replace("http://", `http://deploy:${SECRET}@`);

describe.each([
  ["curl", "wget"],
  ["wget", "curl"],
])("with %s only", (program, missing) => {
  beforeEach(() => {
    host.usePathWithout(missing);
    host.program(program, `echo "$*" >>"$HOME/command-lines"; exec ${host.find(program)} "$@"`);
  });

  test("an archive is downloaded", async () => {
    await host.offer("2.18.0.0");
    expect(await host.stage()).toMatchObject({ code: 0, stderr: "" });
  });

  test("a missing archive is an error at once, without another try", async () => {
    const { code, stderr } = await host.stage();
    expect(code).toBe(1);
    expect(stderr).toContain("could not be downloaded: the server answered with an error");
    expect(host.requests).toHaveLength(1);
  });

  test("a password in the address is used, and is in no output and no command line", async () => {
    await host.offer("2.18.0.0");
    const logins = new Set<string | undefined>();
    host.intercept = (request, response) => {
      logins.add(request.headers.authorization);
      if (request.headers.authorization !== undefined) return false;
      response.writeHead(401, { "www-authenticate": "Basic realm=x" }).end();
      return true;
    };
    const { code, stdout, stderr } = await host.stage({ url: privateUrl() });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(logins).toContain(`Basic ${Buffer.from(`deploy:${SECRET}`).toString("base64")}`);
    expect(stdout + host.read("command-lines")).not.toContain(SECRET);
  });

  test("a password is not in the error either", async () => {
    const { code, stdout, stderr } = await host.stage({ url: `${privateUrl()}?signature=${SECRET}` });
    expect(code).toBe(1);
    expect(stdout + stderr).not.toContain(SECRET);
  });
});

test("a connection that breaks off is tried again", async () => {
  await host.offer("2.18.0.0");
  let broken = 0;
  host.intercept = (request) => {
    if (broken > 0) return false;
    broken++;
    request.socket.destroy();
    return true;
  };
  expect((await host.stage()).code).toBe(0);
  expect(host.requests).toHaveLength(3);
});

test("a download that does not end is given up when the time is up", async () => {
  host.intercept = (_request, response) => {
    response.writeHead(200, { "content-length": "1000000" });
    response.write("x");
    return true;
  };
  const { code, stderr } = await host.stage({ timeoutSeconds: 1 });
  expect(code).toBe(1);
  expect(stderr).toContain("it took longer than 1 s");
  expect(fs.existsSync(host.final)).toBe(false);
  expect(host.leftovers()).toEqual([]);
});

test("the query of an address stays behind the .sha256", async () => {
  await host.offer("2.18.0.0");
  expect((await host.stage({ url: `${host.url}?a=1&b=2` })).code).toBe(0);
  expect(host.requests).toEqual(["/bigmath-2.18.0.0.tar.gz", "/bigmath-2.18.0.0.tar.gz.sha256"]);
});

test("a host without curl and wget is told so", async () => {
  host.usePathWithout("curl", "wget");
  const { code, stderr } = await host.stage();
  expect(code).toBe(1);
  expect(stderr).toContain("there is neither curl nor wget on this host");
});

test("a host without `timeout` stages all the same", async () => {
  host.usePathWithout("timeout");
  await host.offer("2.18.0.0");
  expect((await host.stage()).code).toBe(0);
});

describe("words of the user", () => {
  test("stay one word each, whatever is in them", async () => {
    await host.offer("2.18.0.0");
    const installDir = `${host.root}/it's "$(touch pwned)" \`touch pwned\`;touch pwned/bm-{version}`;
    const { code, stderr } = await host.stage({ installDir });
    expect([code, stderr]).toEqual([0, ""]);
    expect(fs.existsSync(path.join(installDir.replace("{version}", "2.18.0.0"), "bin", "mserver"))).toBe(true);
    const everywhere = [...host.snapshot(host.root), ...fs.readdirSync("/")];
    expect(everywhere.filter((name) => /^pwned|\/pwned /.test(name))).toEqual([]);
  });

  const options = { version: "2.18.0.0", url: "https://a/{version}", installDir: "/x/{version}", timeoutSeconds: 60 };
  test.each([
    ["a version that is not one", { version: "2.18.0.0; reboot" }, /^version: /],
    ["an address of another kind", { url: `file:///${SECRET}` }, /^release\.url: /],
    ["an address with a line end", { url: `https://a/\n${SECRET}` }, /^release\.url: /],
    ["a relative directory", { installDir: "x/{version}" }, /^release\.installDir: /],
    ["no time at all", { timeoutSeconds: Number.NaN }, /^release\.timeout: /],
  ])("are refused for %s, without showing them", (_title, wrong, message) => {
    const build = () => buildStagingScript({ ...options, ...wrong });
    expect(build).toThrow(message);
    expect(build).not.toThrow(new RegExp(SECRET));
  });

  test("that are fine are not refused", () => {
    expect(buildStagingScript(options)).toMatch(/\nmain\n$/);
  });
});
