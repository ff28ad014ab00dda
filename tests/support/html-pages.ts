// The pages of a healthy cluster whose release has no JSON, url by url, in the markup that BMDB's own pages have.

import type { DesiredCluster } from "../../provider/model/desired";
import { type Answers, answering, dbserverUrl, mserverUrl } from "./cluster-pages";

export interface HtmlShape {
  /** The node that leads; undefined: the first MServer's. */
  readonly leader?: string;
  readonly uptime?: string;
  /** More text proto inside the cluster's configuration. */
  readonly config?: string;
}

const uuidOf = (index: number): string => String(index + 1).repeat(32);
const table = (columns: readonly string[], rows: readonly string[]): string =>
  `<table class='table'><tr>${columns.map((column) => `<th>${column}</th>`).join("")}</tr>${rows.join("")}</table>`;

export function buildHtmlPages(desired: DesiredCluster, shape: HtmlShape = {}): Answers {
  const mservers = desired.nodes.filter((node) => node.roles.includes("mserver"));
  const dbservers = desired.nodes.filter((node) => node.roles.includes("dbserver"));
  const leader = shape.leader ?? mservers[0]?.name;
  const mserverRows = mservers.map((node, index) => {
    const address = `${node.host}:${node.ports.mserverHttp}`;
    return `<tr><td><a href="http://${address}/">${address}</a></td> <td>${node.name === leader ? "LEADER" : "FOLLOWER"}</td> <td> ${shape.uptime ?? "2days, 3:05:09"}</td> <td><div><span>UUID: </span>${uuidOf(index)}</div></td></tr>`;
  });
  const dbserverRows = dbservers.map((node, index) => {
    const address = `${node.host}:${node.ports.dbserverHttp}`;
    return `<tr><td><a href="http://${address}/">${address}</a></br>  ${uuidOf(index)}</td><td>0.4s</td><td>ALIVE: 3:05:09</td><td>3 / 1</td><td>z1</td><td>12 / 4</td><td>15</td></tr>`;
  });
  const pages: Readonly<Record<string, string>> = {
    "/masters": table(["Server", "RAFT Role", "Uptime", "Details"], mserverRows),
    "/tile-servers": table(
      [
        "Server",
        "Time since </br>heartbeat",
        "Status & Uptime",
        "User Tablet-Peers / Leaders",
        "Zone",
        "System Tablet-Peers / Leaders",
        "Active Tablet-Peers",
      ],
      dbserverRows,
    ),
    "/tablet-replication": `<h3>Leaderless Tablets</h3>${table(["Table Name", "Table UUID", "Tablet ID"], [])}<h3>Underreplicated Tablets</h3>${table(["Table Name", "Table UUID", "Tablet ID", "Tablet Replication Count"], [])}`,
    "/cluster-config": renderConfigPage(
      `version: 3\ncluster_uuid: "c-1"\nreplication_info { live_replicas { num_replicas: 3 } }\n${shape.config ?? ""}`,
    ),
    "/varz?raw":
      "Command-line Flags--replication_factor=3\n--load_balancer_initial_delay_secs=120\n--tserver_unresponsive_timeout_ms=60000\n",
  };
  const answers: Answers = new Map();
  for (const node of mservers)
    for (const [path, html] of Object.entries(pages)) answers.set(mserverUrl(node, path), answering(html));
  for (const node of dbservers)
    answers.set(
      dbserverUrl(node, "/varz?raw"),
      answering("Command-line Flags--heartbeat_interval_ms=1000\n--enable_bsql=true\n--log_dir=/logs\n"),
    );
  return answers;
}

export const renderConfigPage = (proto: string): string =>
  `<h1>Current Cluster Config</h1><div class="alert alert-success">Successfully got cluster config!</div><pre class="prettyprint">${proto.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")}</pre>`;
