// Three hosts, each with an MServer and a DBServer, in three zones. The upgrade is one line of configuration:
//   pulumi config set bmdbVersion 2.18.0.0 && pulumi preview     (read the plan, then: pulumi up)

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { BmCluster } from "pulumi-bmdb";

const config = new pulumi.Config();

const cluster = new BmCluster(
  "prod",
  {
    version: config.require("bmdbVersion"),
    nodes: [
      { name: "db1", host: "10.0.0.1", zone: "a", roles: ["mserver", "dbserver"] },
      { name: "db2", host: "10.0.0.2", zone: "b", roles: ["mserver", "dbserver"] },
      { name: "db3", host: "10.0.0.3", zone: "c", roles: ["mserver", "dbserver"] },
    ],
    ssh: {
      user: "bigmath",
      // From the stack's secrets, so that Pulumi masks it in its own logs too.
      privateKey: config.requireSecret("sshKey"),
      knownHosts: readFileSync(join(__dirname, "known_hosts"), "utf8"),
    },
    release: {
      // As the publisher states them. Without an entry the .sha256 beside the archive decides.
      sha256: config.getObject<Record<string, string>>("releaseSha256") ?? {},
    },
    bmAdmin: { timeout: "180s" },
    policy: { pause: "60s" },
  },
  // Nobody removes a database from a program by accident.
  { protect: true },
);

export const version = cluster.version;
export const mservers = cluster.mserverAddresses;
export const adminUrls = cluster.adminUrls;
export const lastRun = cluster.lastRun;
