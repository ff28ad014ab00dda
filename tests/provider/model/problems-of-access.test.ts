// One thing wrong at a time; every line is what the user reads, in whole.

import { parseDesired } from "../../../provider/model/parse-desired";
import { ENCRYPTED_KEY, hostKeyOf, inputs, KNOWN_HOSTS, PRIVATE_KEY, ssh } from "./inputs-builder";

test.each<[string, object, string]>([
  ["an unknown property", { polcy: {} }, 'polcy: there is no such property; did you mean "policy"?'],
  [
    "an unknown property deep inside",
    { policy: { timeouts: { gates: "5m" } } },
    'policy.timeouts.gates: there is no such property; did you mean "gate"?',
  ],
  [
    "an unknown property that is like no other",
    { policy: { colour: "red" } },
    "policy.colour: there is no such property",
  ],
  ["a missing ssh", { ssh: undefined }, "ssh: is missing; an object is expected"],
  [
    "a missing host key",
    { ssh: ssh({ knownHosts: KNOWN_HOSTS.replace(/^10\.0\.0\.2 /m, "10.0.0.9 ") }) },
    'nodes[1]: no host key is known for "db2" (10.0.0.2:22); add its line to ssh.knownHosts, or set ssh.hosts["db2"].hostKey',
  ],
  [
    "a missing host key of the bastion",
    { ssh: ssh({ bastion: { host: "jump" } }) },
    "ssh.bastion.hostKey: no host key is known for the bastion (jump:22); set it here, or add its line to ssh.knownHosts",
  ],
  [
    "a host key that is not one",
    { ssh: ssh({ hosts: { db1: { hostKey: "SHA256:abc" } } }) },
    'ssh.hosts.db1.hostKey: is not a host key; write its type and its base64, like "ssh-ed25519 AAAA…"',
  ],
  [
    "no way to log in",
    { ssh: ssh({ privateKey: undefined }) },
    "ssh: there is no way to log in; set privateKey (as a secret) or agentSocketPath",
  ],
  [
    "a public key",
    { ssh: ssh({ privateKey: hostKeyOf("p") }) },
    "ssh.privateKey: is a public key; the private key is expected",
  ],
  [
    "a path for a key",
    { ssh: ssh({ privateKey: "~/.ssh/id_ed25519" }) },
    "ssh.privateKey: looks like a path; give the text of the key, for example with fs.readFileSync",
  ],
  [
    "half a key",
    { ssh: ssh({ privateKey: PRIVATE_KEY.slice(0, 60) }) },
    "ssh.privateKey: is not a whole private key; its last line must be -----END … PRIVATE KEY-----",
  ],
  [
    "a key with written line ends",
    { ssh: ssh({ privateKey: PRIVATE_KEY.replaceAll("\n", "\\n") }) },
    "ssh.privateKey: has \\n written out where lines should end; give the key with real line ends",
  ],
  [
    "an encrypted key alone",
    { ssh: ssh({ privateKey: ENCRYPTED_KEY }) },
    "ssh.privateKey: is encrypted, and ssh.passphrase is missing",
  ],
  [
    "settings for a node that is not there",
    { ssh: ssh({ hosts: { db33: {} } }) },
    'ssh.hosts.db33: there is no node with this name; did you mean "db3"?',
  ],
  [
    "a user with an option in it",
    { ssh: ssh({ user: "-oProxyCommand=x" }) },
    'ssh.user: "-oProxyCommand=x" is not a user name',
  ],
])("%s is one problem, with its path", (_title, changes, problem) => {
  expect(parseDesired(inputs(changes))).toEqual({ problems: [problem] });
});
