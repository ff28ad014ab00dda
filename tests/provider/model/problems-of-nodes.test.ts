// One thing wrong at a time; every line is what the user reads, in whole.

import { parseDesired } from "../../../provider/model/parse-desired";
import { inputs, node, ssh } from "./inputs-builder";

test.each<[string, object, string]>([
  [
    "a version that is not one",
    { version: "2.18" },
    'version: "2.18" is not a version; write it like "2.18.0.0" or "2.18.0.0-b68"',
  ],
  ["a missing version", { version: undefined }, "version: is missing; a text is expected"],
  ["no nodes", { nodes: [] }, "nodes: is empty; name the hosts of the cluster"],
  ["nodes that are no list", { nodes: "db1" }, "nodes: a list is expected, a text was given"],
  [
    "a name that is not one",
    { nodes: [node(1, { name: "DB_1" }), node(2), node(3)] },
    'nodes[0].name: "DB_1" is not a name; lower-case letters, digits and inner hyphens are allowed',
  ],
  [
    "a repeated name",
    { nodes: [node(1), node(2), node(3, { name: "db1" })] },
    'nodes[2].name: "db1" is already the name of nodes[0]',
  ],
  [
    "a shell character in a host",
    { nodes: [node(1, { host: "10.0.0.1;reboot" }), node(2), node(3)] },
    'nodes[0].host: "10.0.0.1;reboot" contains the shell character ;',
  ],
  [
    "a line end in a host",
    { nodes: [node(1, { host: "a\nb" }), node(2), node(3)] },
    'nodes[0].host: "a\\nb" contains a control character',
  ],
  [
    "a port in a host",
    { nodes: [node(1, { host: "db1:11000" }), node(2), node(3)] },
    'nodes[0].host: "db1:11000" has a port in it; ports are given in `ports` or `ssh`',
  ],
  [
    "an unknown role",
    { nodes: [node(1, { roles: ["dbserverr"] }), node(2), node(3)] },
    'nodes[0].roles[0]: "dbserverr" is not "mserver" or "dbserver"; did you mean "dbserver"?',
  ],
  [
    "another database's role",
    { nodes: [node(1, { roles: ["tserver"] }), node(2), node(3)] },
    'nodes[0].roles[0]: "tserver" is not "mserver" or "dbserver"; did you mean "dbserver"?',
  ],
  [
    "a role given twice",
    { nodes: [node(1, { roles: ["mserver", "mserver", "dbserver"] }), node(2), node(3)] },
    'nodes[0].roles[1]: "mserver" is given twice',
  ],
  [
    "no role",
    { nodes: [node(1), node(2), node(3), node(4, { roles: [] })] },
    'nodes[3].roles: is empty; give "mserver", "dbserver" or both',
  ],
  [
    "no MServer",
    { nodes: [node(1, { roles: ["dbserver"] })] },
    'nodes: no node has the role "mserver"; a cluster has at least one',
  ],
  [
    "no DBServer",
    { nodes: [node(1, { roles: ["mserver"] })] },
    'nodes: no node has the role "dbserver"; a cluster has at least one',
  ],
  [
    "two MServers",
    { nodes: [node(1), node(2)] },
    "nodes: two MServers have no majority while one of them restarts; add a third, or set policy.allowInterruption to accept the outage",
  ],
  [
    "the same process twice",
    { nodes: [node(1), node(2), node(3), node(4, { host: "10.0.0.1", sshHost: "10.0.0.4", roles: ["dbserver"] })] },
    'nodes[3].host: "10.0.0.1" port 9100 is already the dbserverRpc port of nodes[0]',
  ],
  [
    "two processes on one port",
    { nodes: [node(1, { ports: { dbserverHttp: 10000 } }), node(2), node(3)] },
    'nodes[0].ports.dbserverHttp: 10000 on "10.0.0.1" is already the mserverHttp port of nodes[0]',
  ],
  [
    "a port that is not one",
    { nodes: [node(1, { ports: { bsql: 70000 } }), node(2), node(3)] },
    "nodes[0].ports.bsql: 70000 is not a whole number from 1 to 65535",
  ],
  ["a port as a text", { ssh: ssh({ port: "22" }) }, "ssh.port: a number is expected, a text was given"],
])("%s is one problem, with its path", (_title, changes, problem) => {
  expect(parseDesired(inputs(changes))).toEqual({ problems: [problem] });
});
