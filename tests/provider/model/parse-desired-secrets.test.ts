// Whatever is wrong, no value of a secret argument is in a problem. (The reasons of a failed check are printed and
// kept in CI logs as they are.)

import * as fc from "fast-check";
import { parseDesired, parseDesiredInPreview } from "../../../provider/model/parse-desired";
import { inputs, ssh } from "./inputs-builder";

const MARK = "hunter2";
/** Texts that look like what people put there by mistake, each with the mark in it. */
const secretText = fc.oneof(
  fc.string().map((text) => `${MARK}${text}`),
  fc.constantFrom(
    `-----BEGIN PRIVATE KEY-----\n${MARK}\n-----END PRIVATE KEY-----`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${MARK}`,
    `ssh-ed25519 ${MARK}`,
    `~/${MARK}`,
    `${MARK} ${MARK} ${MARK}`,
    `60${MARK}`,
  ),
);
const secretValue = fc.oneof(
  secretText,
  secretText.map((text) => ({ value: text })),
  secretText.map((text) => [text]),
);

const places: ((value: unknown) => object)[] = [
  (privateKey) => ({ ssh: ssh({ privateKey }) }),
  (passphrase) => ({ ssh: ssh({ passphrase }) }),
  (knownHosts) => ({ ssh: ssh({ knownHosts }) }),
  (privateKey) => ({ ssh: ssh({ hosts: { db1: { privateKey } } }) }),
  (hostKey) => ({ ssh: ssh({ hosts: { db1: { hostKey } } }) }),
  (privateKey) => ({ ssh: ssh({ bastion: { host: "jump", privateKey } }) }),
  (value) => ({ ssh: ssh({ privatKey: value }) }),
  (value) => ({ ssh: value }),
  (value) => ({ release: { url: value } }),
  (value) => ({ release: { url: `https://me:${typeof value === "string" ? encodeURIComponent(value) : MARK}@a/b` } }),
  (extensions) => ({ release: { extensions } }),
  (value) => ({ process: { mserver: { environment: { PASSWORD: value } } } }),
  (start) => ({ process: { dbserver: { start } } }),
  (ca) => ({ adminUi: { scheme: "https", ca } }),
];

test.each(places.map((place) => [JSON.stringify(place("…")).slice(0, 60), place] as const))(
  "a secret is in no problem: %s",
  (_title, place) => {
    fc.assert(
      fc.property(secretValue, (value) => {
        const given = inputs(place(value));
        const parsed = parseDesired(given);
        const problems = "problems" in parsed ? parsed.problems : [];
        expect([...problems, ...parseDesiredInPreview(given).problems].join("\n")).not.toContain(MARK);
      }),
      { numRuns: 50 },
    );
  },
);

test("a private key in a place where values are shown is not shown either", () => {
  const key = `-----BEGIN OPENSSH PRIVATE KEY-----\n${MARK}\n-----END OPENSSH PRIVATE KEY-----`;
  const parsed = parseDesired(inputs({ ssh: ssh({ user: key }), version: key }));
  expect(parsed).toEqual({
    problems: [
      'version: (a private key, not shown) is not a version; write it like "2.18.0.0" or "2.18.0.0-b68"',
      "ssh.user: (a private key, not shown) is not a user name",
    ],
  });
});
