import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { RealCluster } from "./real-cluster";

const VERSION = "2.18.0.0";
const cluster = new RealCluster(1, 12);
let leader = "";
let follower = "";

beforeAll(async () => {
  await cluster.startAll(VERSION);
  leader = (await cluster.findLeader()) ?? "";
  follower = cluster.hosts.find((host) => host !== leader) ?? "";
});

afterAll(() => cluster.stopAll());

/** Page paths of one section of the specification. */
function specifiedPaths(section: string): string[] {
  const page = fs.readFileSync(path.join(__dirname, "../../../sandbox/sandbox.md"), "utf8");
  const start = page.indexOf(`### ${section}\n`);
  const text = page.slice(start + 4, page.indexOf("\n#", start + 4));
  const cells = [...text.matchAll(/^\| (`[^|]*) \|/gm)].map((row) => row[1] ?? "");
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""));
}

describe("the pages of sandbox.md", () => {
  const common = specifiedPaths("Pages of both");
  const ofMServer = [...specifiedPaths("Pages of an MServer"), ...common];
  const ofDbserver = [...specifiedPaths("Pages of a DBServer"), ...common];

  test("are as many as the specification is known to list", () => {
    expect(ofMServer.length).toBeGreaterThan(25);
    expect(ofDbserver.length).toBeGreaterThan(18);
  });

  test.each(ofMServer)("an MServer answers %s", async (uri) => {
    const answer = await cluster.get(leader, "mserver", uri);
    expect(answer.status).toBe(200);
    expect(answer.type).toBe(uri.startsWith("/api/") || /metric|status/.test(uri) ? "text/plain" : "text/html");
    if (uri.startsWith("/api/")) JSON.parse(answer.body);
  });

  test.each(ofDbserver)("a DBServer answers %s", async (uri) => {
    const answer = await cluster.get("h1", "dbserver", uri);
    expect(answer.status).toBe(200);
    if (uri.startsWith("/api/")) JSON.parse(answer.body);
  });
});

describe("an MServer that does not lead", () => {
  test.each(["/api/v1/health-check", "/api/v1/tablet-replication", "/api/v1/cluster-config"])(
    "answers %s as the leader does",
    async (uri) => {
      const strip = (body: string): string => body.replace(/"most_recent_uptime":\d+/, "");
      const own = await cluster.get(leader, "mserver", uri);
      const proxied = await cluster.get(follower, "mserver", uri);
      expect(proxied.status).toBe(200);
      expect(strip(proxied.body)).toBe(strip(own.body));
    },
  );

  test("answers is-leader with a status line and nothing else", async () => {
    const bytes = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(10000, cluster.address(follower));
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk.toString();
      });
      socket.on("end", () => resolve(text));
      socket.on("error", reject);
      socket.write("GET /api/v1/is-leader HTTP/1.1\r\nHost: x\r\n\r\n");
    });
    expect(bytes).toBe("HTTP/1.1 503 Service Unavailable\r\n");
    expect(await cluster.get(leader, "mserver", "/api/v1/is-leader")).toMatchObject({
      status: 200,
      body: '{"STATUS":"OK"}',
    });
  });

  test("shows the version of its own process", async () => {
    expect(await cluster.json(follower, "mserver", "/api/v1/version")).toMatchObject({
      version_number: VERSION,
      build_number: "1",
    });
  });
});

describe("single pages", () => {
  test("an unknown path is a 404 in text", async () => {
    const unknown = { status: 404, type: "text/plain", body: "Error 404: Not Found\nFile not found" };
    expect(await cluster.get(leader, "mserver", "/auto-flags")).toEqual(unknown);
    expect(await cluster.get("h1", "dbserver", "/api/v1/is-leader")).toEqual(unknown);
  });

  test("?raw leaves out header and footer", async () => {
    const page = await cluster.get(leader, "mserver", "/tile-servers?raw");
    expect(page.type).toBe("text/plain");
    expect(page.body).not.toContain("<body>");
    expect(page.body).toMatch(/ALIVE: 0:0\d:\d\d/);
  });

  test("/varz?raw is one flag a line, with scaled timers", async () => {
    const { body } = await cluster.get(leader, "mserver", "/varz?raw");
    expect(body).toMatch(/^--tserver_unresponsive_timeout_ms=6000$/m);
    expect(body).toMatch(/^--load_balancer_initial_delay_secs=12$/m);
  });

  test("AutoFlags are in varz with type Auto and their promoted value", async () => {
    const { flags } = await cluster.json<{ flags: { name: string }[] }>("h1", "dbserver", "/api/v1/varz");
    expect(flags.find(({ name }) => name === "bsql_enable_packed_row")).toEqual({
      name: "bsql_enable_packed_row",
      value: "true",
      type: "Auto",
    });
    expect(flags.find(({ name }) => name === "fs_data_dirs")).toMatchObject({ type: "Custom" });
  });

  test("/metrics can be narrowed down to the lag of replicas", async () => {
    const entities = await cluster.json<{ type: string; metrics: { name: string; value: number }[] }[]>(
      "h1",
      "dbserver",
      "/metrics?metrics=follower_lag_ms",
    );
    expect(entities).toHaveLength(12);
    expect(new Set(entities.flatMap(({ metrics }) => metrics.map(({ name }) => name)))).toEqual(
      new Set(["follower_lag_ms"]),
    );
  });

  test("an error of health-check lacks its closing brace", async () => {
    const { status, body } = await cluster.get(
      leader,
      "mserver",
      "/api/v1/health-check?tserver_death_interval_msecs=x",
    );
    expect(status).toBe(200);
    expect(body).toMatch(/^\{"error":".*"$/);
  });

  test("a page of more than 4 KiB is compressed for those who accept it", async () => {
    const plain = await cluster.get("h1", "dbserver", "/metrics");
    const packed = await cluster.get("h1", "dbserver", "/metrics", { "accept-encoding": "gzip" });
    expect(plain.body.length).toBeGreaterThan(4096);
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
  });

  test("a process is what its name says: comm, executable and command line", () => {
    const proc = `/proc/${cluster.pid("h1", "dbserver")}`;
    expect(fs.readFileSync(`${proc}/comm`, "utf8")).toBe("dbserver\n");
    expect(fs.readlinkSync(`${proc}/exe`)).toBe(path.join(cluster.dir, `softwarebm-${VERSION}`, "bin", "dbserver"));
    expect(fs.readFileSync(`${proc}/cmdline`, "utf8").split("\0").slice(0, 2)).toEqual([
      "./bin/dbserver",
      "--flagfile",
    ]);
  });
});
