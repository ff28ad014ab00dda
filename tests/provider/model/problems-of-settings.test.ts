// One thing wrong at a time; every line is what the user reads, in whole.

import { parseDesired } from "../../../provider/model/parse-desired";
import { inputs, node } from "./inputs-builder";

test.each<[string, object, string]>([
  [
    "a sha256 of the wrong length",
    { release: { sha256: { "2.18.0.0": "abc123" } } },
    'release.sha256["2.18.0.0"]: has 6 hexadecimal digits; a sha256 has 64',
  ],
  [
    "a sha256 that is not hexadecimal",
    { release: { sha256: { "2.18.0.0": "xyz" } } },
    'release.sha256["2.18.0.0"]: "xyz" is not hexadecimal; a sha256 has 64 hexadecimal digits',
  ],
  [
    "a sha256 of something else than a version",
    { release: { sha256: { latest: "a".repeat(64) } } },
    "release.sha256.latest: the name is not a version, like 2.18.0.0",
  ],
  [
    "an address without the version",
    { release: { url: "https://a/bmdb.tar.gz" } },
    "release.url: must contain {version}, which stands for the release",
  ],
  [
    "an address of another kind",
    { release: { url: "ftp://a/{version}" } },
    "release.url: must begin with https:// or http://",
  ],
  [
    "a shell character in an address",
    { release: { url: "https://a/{version};reboot" } },
    "release.url: contains the shell character ;",
  ],
  [
    "a directory without the version",
    { release: { installDir: "/opt/bmdb" } },
    'release.installDir: "/opt/bmdb" must contain {version}, so that releases never share a directory',
  ],
  [
    "a relative directory",
    { release: { installDir: "opt/{version}" } },
    'release.installDir: "opt/{version}" must be absolute or begin with "~/"',
  ],
  [
    "a directory that goes up",
    { release: { installDir: "/opt/../{version}" } },
    'release.installDir: "/opt/../{version}" must not contain ".", ".." or empty parts',
  ],
  [
    "a shell character in a directory",
    { release: { installDir: "/opt/$HOME/{version}" } },
    'release.installDir: "/opt/$HOME/{version}" contains the shell character $',
  ],
  ["a duration without a unit", { policy: { pause: "60" } }, 'policy.pause: "60" has no unit; write "60s" for seconds'],
  ["a duration as a number", { policy: { pause: 60 } }, "policy.pause: a text is expected, a number was given"],
  ["a negative duration", { release: { timeout: "-5m" } }, 'release.timeout: "-5m" is negative'],
  [
    "no time at all where some is needed",
    { policy: { timeouts: { stop: "0s" } } },
    'policy.timeouts.stop: "0s" must be more than zero',
  ],
  [
    "a limit shorter than one look",
    { policy: { pollInterval: "10s", timeouts: { gate: "5s" } } },
    "policy.timeouts.gate: is shorter than policy.pollInterval, so nothing could be seen in time",
  ],
  [
    "bm-admin on an unknown node",
    { bmAdmin: { host: "db11" } },
    'bmAdmin.host: "db11" is not the name of a node; did you mean "db1"?',
  ],
  [
    "bm-admin where no MServer is",
    { nodes: [node(1), node(2), node(3), node(4, { roles: ["dbserver"] })], bmAdmin: { host: "db4" } },
    'bmAdmin.host: "db4" has no MServer; bm-admin is run on a host that has one',
  ],
  [
    "a space in the certificates' directory",
    { bmAdmin: { certsDir: "/a b" } },
    'bmAdmin.certsDir: "/a b" contains a space',
  ],
  [
    "a scheme that is not one",
    { adminUi: { scheme: "htps" } },
    'adminUi.scheme: "htps" is not "http" or "https"; did you mean "https"?',
  ],
  [
    "an authority without TLS",
    { adminUi: { ca: `-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----` } },
    'adminUi.ca: has no effect over http; set adminUi.scheme to "https"',
  ],
  [
    "a key in place of an authority",
    { adminUi: { scheme: "https", ca: "-----BEGIN PRIVATE KEY-----" } },
    "adminUi.ca: is not a certificate; give its PEM text, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----",
  ],
  [
    "a variable that is not one",
    { process: { mserver: { environment: { "A B": "c" } } } },
    'process.mserver.environment["A B"]: is not the name of an environment variable',
  ],
  ["an empty start command", { process: { dbserver: { start: " " } } }, "process.dbserver.start: is empty"],
])("%s is one problem, with its path", (_title, changes, problem) => {
  expect(parseDesired(inputs(changes))).toEqual({ problems: [problem] });
});
