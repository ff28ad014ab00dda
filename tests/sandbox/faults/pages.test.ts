import * as net from "node:net";
import { changeUuids, renderPageError } from "../../../sandbox/processes/page-faults";
import { RealCluster, until } from "../processes/real-cluster";

const VERSION = "2.18.0.0";
const cluster = new RealCluster(20);
const page = { host: "h1", role: "mserver" } as const;

beforeAll(async () => {
  await cluster.install(VERSION);
  await cluster.startAll(VERSION);
});
afterAll(() => cluster.stopAll());
afterEach(async () => {
  cluster.setFaults([]);
  await until("the pages are well again", async () => (await text("/api/v1/version")).includes(`"${VERSION}"`));
  // A page of its own: other ones may still have been ill.
  await until("every page is", async () => (await rawAnswer("/api/v1/masters"))?.includes('{"masters"') ?? false);
});

const text = async (path: string): Promise<string> => (await cluster.get("h1", "mserver", path)).body;

/** What comes within a second and a half; undefined when nothing does and the connection stays open. */
function rawAnswer(path: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let received = "";
    const socket = net.connect(10_000, cluster.address("h1"), () =>
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    socket.setTimeout(1500, () => {
      socket.destroy();
      resolve(received === "" ? undefined : received);
    });
    socket.on("data", (chunk) => {
      received += String(chunk);
    });
    socket.on("end", () => resolve(received));
    socket.on("error", reject);
  });
}

describe("a page with a fault, on a process that runs already", () => {
  test("takes the request and never answers, while other pages do", async () => {
    cluster.setFaults([{ kind: "page_hangs", ...page, path: "/api/v1/masters" }]);
    await until("the page hangs", async () => (await rawAnswer("/api/v1/masters")) === undefined);
    expect(await text("/api/v1/version")).toContain(VERSION);
    expect((await cluster.get("h2", "mserver", "/api/v1/masters")).status).toBe(200);
  });

  test("answers BMDB's error for that page with status 200", async () => {
    cluster.setFaults([{ kind: "page_error_with_200", ...page, path: "/api/v1/health-check" }]);
    await until("the error shows", async () =>
      (await text("/api/v1/health-check")).startsWith('{"error":"Service unav'),
    );
    expect((await cluster.get("h1", "mserver", "/api/v1/health-check")).status).toBe(200);
    expect(() => JSON.parse(renderPageError("/api/v1/health-check"))).toThrow();
    expect(JSON.parse(renderPageError("/api/v1/tablet-replication"))).toHaveProperty("error");
    expect(renderPageError("/tile-servers")).toContain("alert-warning");
  });

  test("answers a text of one's choice with status 200", async () => {
    cluster.setFaults([{ kind: "page_error_with_200", ...page, path: "/", text: "<h1>504 Gateway Time-out</h1>" }]);
    await until("the text shows", async () => (await text("/?raw")) === "<h1>504 Gateway Time-out</h1>");
  });

  test("answers half a JSON document", async () => {
    cluster.setFaults([{ kind: "page_half_json", ...page, path: "/api/v1/version" }]);
    await until("half of it comes", async () => !(await text("/api/v1/version")).includes("}"));
    const half = await cluster.get("h1", "mserver", "/api/v1/version");
    expect(half.status).toBe(200);
    expect(half.body).toMatch(/^\{\n/);
  });

  test("answers with nothing but the status line of a 503, whichever page it is", async () => {
    cluster.setFaults([{ kind: "page_answers_503", ...page }]);
    await until(
      "every page refuses",
      async () => (await rawAnswer("/api/v1/version"))?.startsWith("HTTP/1.1 503") ?? false,
    );
    expect(await rawAnswer("/tile-servers")).toBe("HTTP/1.1 503 Service Unavailable\r\n");
  });

  test("answers as a page of another cluster, the same other one each time", async () => {
    const own = await cluster.json<{ cluster_uuid: string }>("h1", "mserver", "/api/v1/cluster-config");
    cluster.setFaults([{ kind: "page_of_other_cluster", ...page }]);
    const read = () => cluster.json<{ cluster_uuid: string }>("h1", "mserver", "/api/v1/cluster-config");
    await until("the uuid is another", async () => (await read()).cluster_uuid !== own.cluster_uuid);
    expect((await read()).cluster_uuid).toBe(changeUuids(own.cluster_uuid));
    expect((await read()).cluster_uuid).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  test("is well again after as many answers as were ordered", async () => {
    cluster.setFaults([{ kind: "page_error_with_200", ...page, path: "/api/v1/version", times: 2 }]);
    await until("the fault is noticed", async () => (await text("/api/v1/version")).startsWith('{"error"'));
    expect(await text("/api/v1/version")).toContain('{"error"');
    expect(await text("/api/v1/version")).toContain(VERSION);
    cluster.setFaults([{ kind: "page_error_with_200", ...page, path: "/api/v1/version" }]);
    await until("the fault is noticed", async () => (await text("/api/v1/version")).startsWith('{"error"'));
  });
});
