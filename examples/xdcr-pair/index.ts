// Two clusters of the sandbox that replicate both ways, upgraded together:
//   npx pulumi-bmdb sandbox up --dir EAST && npx pulumi-bmdb sandbox up --dir WEST
//   npx pulumi-bmdb sandbox link --source EAST --target WEST --group g1 --both
//   pulumi config set east EAST && pulumi config set west WEST && pulumi config set bmdbVersion 2.16.0.0 && pulumi up

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { XdcrTopology } from "pulumi-bmdb";

const config = new pulumi.Config();
const version = config.require("bmdbVersion");

const cluster = (name: string) => {
  const read = (file: string) => readFileSync(join(config.require(name), file), "utf8");
  const { hosts, downloadsUrl, sha256 } = JSON.parse(read("sandbox.json"));
  const [{ sshUser: user, sshPort: port }] = hosts;
  return {
    version,
    nodes: hosts.map(({ name, address, zone, roles }: Record<string, never>) => ({ name, host: address, zone, roles })),
    ssh: { user, port, privateKey: pulumi.secret(read("client_key")), knownHosts: read("known_hosts") },
    release: { url: `${downloadsUrl}/bigmath-{version}.tar.gz`, sha256 },
    policy: { pause: "3s" },
  };
};

const shop = new XdcrTopology("shop", {
  clusters: { east: cluster("east"), west: cluster("west") },
  links: [
    { group: "g1", source: "east", target: "west" },
    { group: "g1", source: "west", target: "east" },
  ],
});

export const { paused } = shop;
export const versions = { east: shop.clusters.east?.version, west: shop.clusters.west?.version };
