import { parseDBServersPage } from "../../../../provider/inventory/parse/dbservers-page";
import { parseMServersPage } from "../../../../provider/inventory/parse/mservers-page";
import { parseOverviewPage } from "../../../../provider/inventory/parse/overview-page";
import { parseTileReplicationPage } from "../../../../provider/inventory/parse/tile-replication-page";
import { captured, renamed, valueFrom, whyNot } from "./captured";

// Shapes as the server's source writes them, with BMDB's ports.
const place = (uuid: string) =>
  `<div><span class='yb-overview'>CLOUD: </span>local</div> <div><span class='yb-overview'>REGION: </span>r1</div> <div><span class='yb-overview'>ZONE: </span>z1</div> <div><span class='yb-overview'>UUID: </span>${uuid}</div>`;
const leaderRow = `<tr><td><b><a href="http://10.0.0.1:10000/">10.0.0.1:10000</a></b></td> <td><b>LEADER</b></td> <td> 2days, 3:05:09</td> <td>${place("3fc1141619304cffa2f0a345d37a51c2")}</td></tr>`;
const followerRow = `<tr><td><a href="http://10.0.0.2:10000/">10.0.0.2:10000</a></td> <td>FOLLOWER</td> <td> 0:25:17</td> <td>${place("f32d67fbf54545b18d3aef17fee4032b")}</td></tr>`;
const failure =
  "ERROR: Network error (socket.cc:540): Unable to get registration information for peer ([10.0.0.3:11000]) id (b44e60f6a7f54aae98de54ee2e00736d): recvmsg error";
const deadRow = `<tr><td><font color='red'>10.0.0.3:11000</font></td> <td><font color='red'>UNKNOWN_ROLE</font></td> <td colspan=2><font color='red'><b>${failure}</b></font></td></tr>`;
const mserversTable = (rows: string) =>
  `<div class='panel-heading'><h2 class='panel-title'>Masters</h2></div><table class='table'><tr><th>Server</th><th>RAFT Role</th><th>Uptime</th><th>Details</th></tr>${rows}</table>`;
const overviewRow = (label: string, value: string) =>
  `<tr><td><i class='fa fa-x'></i><span class='yb-overview'>${label}</span></td> <td>${value}</td></tr>`;
const overview = (rows: string) =>
  `<h1>BMDB</h1><div><h2 class='panel-title'> Overview</h2></div><table class='table'>${rows}</table>`;

describe("parseMServersPage", () => {
  it("reads good rows and the row of a peer that could not be asked", () => {
    expect(valueFrom(parseMServersPage(mserversTable(leaderRow + followerRow + deadRow)))).toEqual([
      {
        host: "10.0.0.1",
        httpPort: 10000,
        rpcPort: undefined,
        uuid: "3fc1141619304cffa2f0a345d37a51c2",
        role: "LEADER",
        uptimeSec: 183_909,
        error: undefined,
      },
      {
        host: "10.0.0.2",
        httpPort: 10000,
        rpcPort: undefined,
        uuid: "f32d67fbf54545b18d3aef17fee4032b",
        role: "FOLLOWER",
        uptimeSec: 1517,
        error: undefined,
      },
      {
        host: "10.0.0.3",
        httpPort: undefined,
        rpcPort: 11000,
        uuid: "b44e60f6a7f54aae98de54ee2e00736d",
        role: undefined,
        uptimeSec: undefined,
        error: expect.stringContaining("Network error"),
      },
    ]);
  });

  it("keeps an unreachable peer that the page does not name", () => {
    const rows = valueFrom(parseMServersPage(mserversTable("<tr><td colspan=2><b>ERROR: Timed out</b></td></tr>")));
    expect(rows).toMatchObject([{ host: undefined, error: "ERROR: Timed out" }]);
  });

  it("knows no role where the page has N/A", () => {
    expect(
      valueFrom(parseMServersPage(mserversTable(followerRow.replace("FOLLOWER", "N/A"))))[0]?.role,
    ).toBeUndefined();
  });

  it.each([
    ["an empty table", mserversTable("")],
    ["a row without an address", mserversTable("<tr><td>?</td><td>LEADER</td><td></td><td></td></tr>")],
    ["a row without cells", mserversTable("<tr></tr>")],
    ["another page's table", captured("tablet-replication-none.html")],
    ["a failed list", "<h1>Unable to list Masters: Timed out</h1>"],
    ["a table that is cut off", mserversTable(leaderRow).replace("</table>", "")],
  ])("refuses %s", (_what, body) => {
    expect(parseMServersPage(body).ok).toBe(false);
  });
});

describe("parseOverviewPage", () => {
  const rows =
    overviewRow("Universe UUID ", "63edb5bd-8855-41b8-bb64-67d611235f1e") +
    overviewRow("Replication Factor ", "3 <a href='/cluster-config'>See full config &raquo;</a>") +
    overviewRow("Load Balancer Enabled", "<i class='fa fa-check' aria-hidden='true'></i>") +
    overviewRow("YugabyteDB Version ", "2.18.0.0");

  it("reads the overview and the MServers", () => {
    const page = valueFrom(parseOverviewPage(overview(rows) + mserversTable(leaderRow)));
    expect(page).toMatchObject({
      universeUuid: "63edb5bd-8855-41b8-bb64-67d611235f1e",
      replicationFactor: 3,
      leaderVersion: "2.18.0.0",
      isLoadBalancerEnabled: true,
    });
    expect(page.mservers).toHaveLength(1);
  });

  it("reads the same under BMDB's names, and a balancer that is off", () => {
    const body = (overview(rows) + mserversTable(leaderRow))
      .replace("YugabyteDB Version", "BMDB Version")
      .replace("fa-check", "fa-times label label-danger")
      .replace("Masters", "MServers");
    expect(valueFrom(parseOverviewPage(body))).toMatchObject({
      leaderVersion: "2.18.0.0",
      isLoadBalancerEnabled: false,
    });
  });

  it("knows nothing that the page does not say", () => {
    expect(valueFrom(parseOverviewPage(mserversTable(leaderRow)))).toMatchObject({
      universeUuid: undefined,
      replicationFactor: undefined,
      leaderVersion: undefined,
      isLoadBalancerEnabled: undefined,
    });
  });

  it("refuses an overview without MServers", () => {
    expect(whyNot(parseOverviewPage(overview(rows)))).toBe("the page has no table of MServers");
  });
});

const columns = [
  "Server",
  "Time since </br>heartbeat",
  "Status &amp; Uptime",
  "User Tablet-Peers / Leaders",
  "RAM Used",
  "Num SST Files",
  "Total SST Files Size",
  "Uncompressed SST </br>Files Size",
  "Read ops/sec",
  "Write ops/sec",
  "Cloud",
  "Region",
  "Zone",
  "System Tablet-Peers / Leaders",
  "Active Tablet-Peers",
];
const dbserverRow = (host: string, status: string, heartbeat = "0.5s") =>
  `  <tr>\n  <td><a href="http://${host}:9000/">${host}:9000</a></br>  26ab4e25230b462890c878c96c317baf</br>  Leader preference priority: 1</td><td>${heartbeat}</td>    ${status}    <td>3 / 1</td>    <td>35.00 MB</td> <td>3</td><td>199.74 KB</td><td>200.24 KB</td><td>0</td><td>0</td><td>local</td><td>r1</td><td>z1</td><td>12 / 4</td><td>15</td></tr>\n`;
const dbserversPage = (rows: string) =>
  `<h2>Tablet Servers</h2><h3 style="color:#1F1F1F">Primary Cluster UUID: 29304744-f481-41a0-8d65-b613f453341e</h3><table class='table table-striped'><tr>${columns.map((column) => `<th>${column}</th>`).join("")}</tr>${rows}</table><h4 style="color:Green"><i class='fa fa-tasks'></i> Cluster Load is Balanced</h4><h2>Tablet-Peers by Availability Zone</h2><table><tr><th>Cloud</th><th>Region</th><th>Zone</th></tr><tr><td>local</td><td>r1</td><td>z1</td></tr></table>`;

describe("parseDBServersPage", () => {
  it("reads DBServers and leaves the table of zones alone", () => {
    const rows =
      dbserverRow("10.0.0.1", '<td style="color:Green">ALIVE: 0:25:17</td>') +
      dbserverRow("10.0.0.3", '<td style="color:Red">DEAD</td>', "61.2s");
    const [alive, dead, ...others] = valueFrom(parseDBServersPage(dbserversPage(rows)));
    expect(others).toEqual([]);
    expect(alive).toEqual({
      host: "10.0.0.1",
      httpPort: 9000,
      heartbeatAgeSec: 0.5,
      status: "ALIVE",
      uptimeSec: 1517,
      zone: "z1",
      uuid: "26ab4e25230b462890c878c96c317baf",
      placementUuid: "29304744-f481-41a0-8d65-b613f453341e",
      tiles: { user: 3, userLeaders: 1, system: 12, systemLeaders: 4, active: 15 },
      paths: [],
      isBlacklisted: false,
      isLeaderBlacklisted: false,
    });
    expect(dead).toMatchObject({ status: "DEAD", uptimeSec: undefined, heartbeatAgeSec: 61.2 });
  });

  it("reads the same under BMDB's names", () => {
    const body = dbserversPage(dbserverRow("10.0.0.1", "<td>ALIVE: 2days, 3:05:09</td>"));
    expect(parseDBServersPage(renamed(body.replaceAll("Tablet", "Tile")))).toEqual(parseDBServersPage(body));
  });

  it.each([
    ["Leader Blacklisted", false, true],
    ["Blacklisted", true, false],
    ["Blacklisted</br>Leader Blacklisted", true, true],
  ])("tells %s", (suffix, isBlacklisted, isLeaderBlacklisted) => {
    const row = dbserverRow("10.0.0.1", `<td style="color:#ff5d00">ALIVE: 0:25:17</br>${suffix}</td>`);
    expect(valueFrom(parseDBServersPage(dbserversPage(row)))[0]).toMatchObject({
      isBlacklisted,
      isLeaderBlacklisted,
      status: "ALIVE",
    });
  });

  it("does not take a status it does not know for ALIVE", () => {
    const row = dbserverRow("10.0.0.1", "<td>NOT ALIVE: 0:25:17</td>");
    expect(valueFrom(parseDBServersPage(dbserversPage(row)))[0]?.status).toBe("UNKNOWN");
  });

  it.each([
    ["a row without a heartbeat", dbserversPage(dbserverRow("10.0.0.1", "<td>ALIVE: 0:25:17</td>", "never"))],
    ["a row without an address", dbserversPage(dbserverRow("?", "<td>ALIVE: 0:25:17</td>").replaceAll(":9000", ""))],
    ["a page of MServers", mserversTable(leaderRow)],
    ["a page with a warning", `<div class="alert alert-warning">Not found</div>${dbserversPage("")}`],
    ["a page that is cut off", dbserversPage("").slice(0, -8)],
  ])("refuses %s", (_what, body) => {
    expect(parseDBServersPage(body).ok).toBe(false);
  });
});

describe("parseTileReplicationPage", () => {
  const page = captured("tablet-replication-none.html");
  const row = (id: string, last: string) =>
    `<tr><td><a href="/table?id=aa">t</a></td><td>aa</td><td>${id}</td>${last}</tr></table>`;
  const [beforeFirst, between, rest] = page.split("</table>");

  it("reads a page with nothing wrong", () => {
    expect(valueFrom(parseTileReplicationPage(page))).toEqual({ leaderless: [], underReplicated: [] });
  });

  it("reads tiles of both tables, under BMDB's names too", () => {
    const body = `${beforeFirst}${row("t1", "")}${between}${row("t2", "<td>2</td>")}${rest}`;
    const expected = {
      leaderless: [{ tileId: "t1", tableId: "aa", reason: undefined }],
      underReplicated: [{ tileId: "t2", tableId: "aa", reason: "2 replicas" }],
    };
    expect(valueFrom(parseTileReplicationPage(body))).toEqual(expected);
    expect(valueFrom(parseTileReplicationPage(body.replaceAll("Tablet", "Tile")))).toEqual(expected);
  });

  it.each([
    ["a page with one table only", `${beforeFirst}</table>`],
    ["a page without headings", page.replaceAll("h3", "p")],
    ["a table without its columns", page.replaceAll("Tablet ID", "x")],
    ["a row that is too short", `${beforeFirst}<tr><td>t</td></tr></table>${between}</table>`],
  ])("does not take %s for good news", (_what, body) => {
    expect(parseTileReplicationPage(body).ok).toBe(false);
  });
});
