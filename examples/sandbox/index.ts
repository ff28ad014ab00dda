// A cluster of the sandbox (`npx pulumi-bmdb sandbox up`), to rehearse an upgrade with:
//   pulumi config set sandbox DIR && pulumi config set bmdbVersion 2.16.0.0 && pulumi up

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { BmCluster } from "pulumi-bmdb";

const config = new pulumi.Config();
const read = (file: string) => readFileSync(join(config.require("sandbox"), file), "utf8");
const sandbox = JSON.parse(read("sandbox.json"));

const cluster = new BmCluster("prod", {
  version: config.require("bmdbVersion"),
  nodes: sandbox.hosts.map(
    (host: { name: string; address: string; zone: string; roles: ("mserver" | "dbserver")[] }) => {
      return { name: host.name, host: host.address, zone: host.zone, roles: host.roles };
    },
  ),
  ssh: {
    user: sandbox.hosts[0].sshUser,
    port: sandbox.hosts[0].sshPort,
    privateKey: pulumi.secret(read("client_key")),
    knownHosts: read("known_hosts"),
  },
  release: { url: `${sandbox.downloadsUrl}/bigmath-{version}.tar.gz`, sha256: sandbox.sha256 },
  // The sandbox's timers run ten times as fast as a real cluster's, so a short watch sees as much.
  policy: { pause: "3s" },
});

export const { version, processes, mserverAddresses, phase } = cluster;
