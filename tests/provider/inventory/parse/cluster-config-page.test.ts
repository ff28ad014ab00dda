import * as fc from "fast-check";
import { parseClusterConfig } from "../../../../provider/inventory/parse/cluster-config";
import { parseClusterConfigPage } from "../../../../provider/inventory/parse/cluster-config-page";
import { renderConfigPage } from "../../../support/html-pages";
import { captured, renamed, valueFrom, whyNot } from "./captured";

/** As protobuf's DebugString prints it. */
const proto = `version: 54
replication_info {
  live_replicas {
    num_replicas: 5
    placement_blocks {
      cloud_info {
        placement_cloud: "aws"
        placement_zone: "us-west-2a"
      }
      min_num_replicas: 1
    }
  }
}
server_blacklist {
  hosts {
    host: "10.0.0.9"
    port: 9100
  }
}
cluster_uuid: "63edb5bd-8855-41b8-bb64-67d611235f1e"
consumer_registry {
  producer_map {
    key: "east"
    value {
      stream_map {
        key: "s1"
        value {
          consumer_table_id: "t"
          consumer_producer_tablet_map { key: "p" value { tablets: "a" start_key: "\\000\\377\\"}" } }
        }
      }
      stream_map { key: "s2" value { } }
      master_addrs {
        host: "10.1.0.1"
        port: 11000
      }
      disable_stream: true
    }
  }
  producer_map {
    key: "west"
    value {
      master_addrs { host: "10.2.0.1" port: 11000 }
    }
  }
  role: ACTIVE
}
leader_blacklist {
  hosts {
    host: "10.0.0.2"
    port: 9100
  }
  hosts {
    host: "10.0.0.3"
    port: 9100
  }
  initial_leader_load: 8
}
`;
const page = renderConfigPage(proto);

test("the whole document is read", () => {
  expect(valueFrom(parseClusterConfigPage(page))).toEqual({
    configVersion: 54,
    clusterUuid: "63edb5bd-8855-41b8-bb64-67d611235f1e",
    replicationFactor: 5,
    leaderBlacklist: [
      { host: "10.0.0.2", port: 9100 },
      { host: "10.0.0.3", port: 9100 },
    ],
    dataBlacklist: [{ host: "10.0.0.9", port: 9100 }],
    xdcrGroups: [
      { group: "east", isPaused: true, sourceMServers: [{ host: "10.1.0.1", port: 11000 }], streamIds: ["s1", "s2"] },
      { group: "west", isPaused: false, sourceMServers: [{ host: "10.2.0.1", port: 11000 }], streamIds: [] },
    ],
  });
});

test("BMDB's names, and a page without header and footer, are read the same", () => {
  expect(parseClusterConfigPage(renamed(page))).toEqual(parseClusterConfigPage(page));
  expect(parseClusterConfigPage(`<html><body>${page}</body></html>`)).toEqual(parseClusterConfigPage(page));
});

test("a fresh cluster's document is short", () => {
  expect(parseClusterConfigPage(renderConfigPage('version: 0\ncluster_uuid: "c"\n'))).toEqual(
    parseClusterConfig('{"version":0,"cluster_uuid":"c"}'),
  );
});

test("one group that is active among paused ones is seen, whatever its name", () => {
  const name = "a:b { disable_stream: true }";
  const groups = `consumer_registry < producer_map: { key: '${name}' value: < disable_stream: false > }; >`;
  const config = valueFrom(parseClusterConfigPage(renderConfigPage(`version: 1 cluster_uuid: "c" ${groups}`)));
  expect(config.xdcrGroups).toMatchObject([{ group: name, isPaused: false }]);
});

test("names that are numbers or written in bytes are names", () => {
  const groups = 'consumer_registry { producer_map { key: "\\303\\274ber" "2" value { } } }';
  const config = valueFrom(parseClusterConfigPage(renderConfigPage(`version: 1 cluster_uuid: "17" ${groups}`)));
  expect([config.clusterUuid, config.xdcrGroups[0]?.group]).toEqual(["17", "über2"]);
});

test.each([
  ["no document", "<h1>Current Cluster Config</h1>", "shows no document"],
  ["a warning", `<div class="alert alert-warning">Illegal state</div>${page}`, "warning instead of data"],
  ["a document that is cut off", page.replace("</pre>", ""), "cut off inside its document"],
  ["a document without its end", renderConfigPage(proto.slice(0, 400)), "not understood"],
  ["no uuid", renderConfigPage("version: 1"), "cluster_uuid"],
  ["no version", renderConfigPage('cluster_uuid: "c"'), "version"],
  ["a word for a number", renderConfigPage('version: many cluster_uuid: "c"'), "version"],
  ["a pause that is neither yes nor no", page.replace("disable_stream: true", "disable_stream: maybe"), "producer_map"],
  ["JSON", captured("cluster-config.json"), "shows no document"],
  ["a bracket too many", renderConfigPage(`${proto}}`), "not understood"],
])("a page with %s is refused", (_what, body, why) => {
  expect(whyNot(parseClusterConfigPage(body))).toContain(why);
});

test("it never throws, and a document that is cut off anywhere is never taken for a whole one", () => {
  const whole = JSON.stringify(valueFrom(parseClusterConfigPage(page)));
  fc.assert(
    fc.property(fc.nat(proto.length), fc.nat(30), fc.string(), (at, length, instead) => {
      parseClusterConfigPage(renderConfigPage(proto.slice(0, at) + instead + proto.slice(at + length)));
    }),
  );
  fc.assert(
    fc.property(fc.nat(page.length - 1), (length) => {
      const result = parseClusterConfigPage(page.slice(0, length));
      expect(result.ok && JSON.stringify(result.value) !== whole).toBe(false);
    }),
  );
});

test("no random document is taken for a configuration", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" })), (text) => {
      expect(parseClusterConfigPage(`<pre>${text}</pre>`).ok).toBe(false);
    }),
  );
});

test.each([
  ["deep", "a {".repeat(50_000)],
  ["deep and closed", `${"a {".repeat(50_000)}${"}".repeat(50_000)}`],
  ["full of quotes", '"'.repeat(200_000)],
  ["full of escapes", `a: "${"\\".repeat(200_001)}`],
  ["full of blanks", `a${" ".repeat(1_000_000)}`],
  ["full of comments", "#\n".repeat(200_000)],
])("a document that is %s is refused at once", (_what, text) => {
  const before = process.hrtime.bigint();
  expect(parseClusterConfigPage(`<pre>${text}</pre>`).ok).toBe(false);
  expect(Number(process.hrtime.bigint() - before) / 1e6).toBeLessThan(3_000);
});
