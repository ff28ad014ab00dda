// Everything that a host, bm-admin, a file or a person's text may say, other than pages: no damage to it is ever taken for the good
// answer, nothing throws, and nothing hangs on a long one.

import * as fc from "fast-check";
import { parseHostDetails } from "../../provider/inventory/host-details";
import { HOST_FACTS_BEGIN } from "../../provider/inventory/host-facts-command";
import {
  parsePromoteOutcome,
  parseQuietFailure,
  parseUpgradeBsqlOutcome,
} from "../../provider/inventory/parse/bm-admin";
import { parseBlacklistCompletion } from "../../provider/inventory/parse/bm-admin-blacklist";
import { parseReplicationOutcome } from "../../provider/inventory/parse/bm-admin-xdcr";
import { parseHostFacts } from "../../provider/inventory/parse/host-facts";
import { parseLimits } from "../../provider/inventory/parse/process-limits";
import { parseUnit } from "../../provider/inventory/parse/process-unit";
import { parseTextProto } from "../../provider/inventory/parse/text-proto";
import { parseStagedRelease } from "../../provider/inventory/staged-release";
import { whyNotHostKey, whyNotPrivateKey } from "../../provider/model/key-texts";
import { judgeHostKey, lookupHostKey } from "../../provider/model/known-hosts";
import { parseRecord } from "../../provider/model/lease-record";
import { parseDuration } from "../../provider/model/parse-duration";
import { compareVersions, isSameRelease, parseVersion } from "../../provider/model/version";
import { readJournal } from "../../provider/report/read-journal";
import { parseActReport } from "../../provider/steps/act-script";
import { HOST_KEY } from "../support/build-cluster";
import { saying } from "../support/fake-cluster";
import { healthyTexts } from "./known-cluster";
import { applyDamage, damages } from "./mutate";

const RUNS = Number(process.env["BMDB_FUZZ_RUNS"] ?? 100);
const texts = healthyTexts("2.16.0.0-b1");
const textOf = (name: string): string => texts.get(name) ?? "";
const offered = Buffer.from(HOST_KEY.split(" ")[1] ?? "", "base64");
const PROMOTED = "PromoteAutoFlags status: \nNew AutoFlags were promoted. Config version: 2\n";
const UPGRADED = "BSQL successfully upgraded to the latest version\n";
const LEASE = "held 7 run-1 3 60000 2026-11-23T22:32:01.000Z shop%2Fprod laptop-7 ada\n";

interface Reader {
  readonly sample: string;
  /** Whether the text is taken for the good news that the sample is. */
  readonly isGood: (text: string) => boolean;
  /** The end is told by something, so that no beginning of the sample is good news. */
  readonly hasEnd: boolean;
}

const readers: Readonly<Record<string, Reader>> = {
  parseHostFacts: { sample: textOf("db1: facts"), isGood: (text) => parseHostFacts(text).ok, hasEnd: true },
  parseHostDetails: { sample: textOf("db1: details"), isGood: (text) => parseHostDetails(text).ok, hasEnd: true },
  parseStagedRelease: {
    sample: textOf("db1: release"),
    isGood: (text) => {
      const release = parseStagedRelease(text);
      return release.ok && release.value.staged.hasBinaries && release.value.staged.version === "2.18.0.0-b1";
    },
    hasEnd: true,
  },
  parseActReport: {
    sample: "act abc 2.18.0.0\nstopping 100\nstopped 100\nstarting from /r\ndone ok 4711\n",
    isGood: (text) => parseActReport(text).outcome.kind === "ok",
    hasEnd: true,
  },
  parsePromoteOutcome: {
    sample: PROMOTED,
    isGood: (text) => ["promoted", "nothing_to_promote"].includes(parsePromoteOutcome(saying(text)).kind),
    hasEnd: false,
  },
  parseUpgradeBsqlOutcome: {
    sample: UPGRADED,
    isGood: (text) => ["upgraded", "not_needed"].includes(parseUpgradeBsqlOutcome(saying(text)).kind),
    hasEnd: false,
  },
  parseBlacklistCompletion: {
    sample: "Percent complete = 100 : 0 remaining out of 12\n",
    isGood: (text) => parseBlacklistCompletion(saying(text)).ok,
    hasEnd: false,
  },
  parseReplicationOutcome: {
    sample: "Replication disabled successfully\n",
    isGood: (text) => parseReplicationOutcome(saying(text), "disabled").kind === "done",
    hasEnd: false,
  },
  "a lease's record": { sample: LEASE, isGood: (text) => parseRecord(text).record !== undefined, hasEnd: false },
  "a host key in known_hosts": {
    sample: `10.0.0.1 ${HOST_KEY}\n`,
    isGood: (text) => judgeHostKey(lookupHostKey(text, "10.0.0.1", 22), offered).kind === "match",
    hasEnd: false,
  },
  whyNotHostKey: { sample: HOST_KEY, isGood: (text) => whyNotHostKey(text) === undefined, hasEnd: false },
  isSameRelease: { sample: "2.18.0.0-b1", isGood: (text) => isSameRelease("2.18.0.0-b1", text), hasEnd: true },
};

const garbage = fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 300 }), fc.json(), fc.lorem());

describe.each(Object.entries(readers))("%s", (_name, { sample, isGood, hasEnd }) => {
  test("takes the sample for what it is", () => {
    expect(isGood(sample)).toBe(true);
  });

  test("never takes random text for good news", () => {
    fc.assert(
      fc.property(garbage, (text) => {
        expect(isGood(text)).toBe(false);
      }),
      { numRuns: RUNS },
    );
  });

  test("never throws at damage, whatever it makes of it", () => {
    fc.assert(
      fc.property(fc.array(damages, { minLength: 1, maxLength: 3 }), (hits) => {
        expect(typeof isGood(hits.reduce(applyDamage, sample))).toBe("boolean");
      }),
      { numRuns: RUNS },
    );
  });

  test("gives up on long ones like on short ones", () => {
    const pieces = ["-", "<", "[", "{", " ", "\n", "\0", "a=", "act ", '"', "\\", "..", "%", sample.slice(0, 20)];
    for (const piece of pieces) expect(isGood(piece.repeat(5_000))).toBe(false);
  });

  if (hasEnd)
    test("takes no beginning of the sample for the whole", () => {
      const whole = sample.trimEnd();
      for (let length = 0; length < whole.length; length += 1)
        expect({ length, isGood: isGood(whole.slice(0, length)) }).toEqual({ length, isGood: false });
    });
});

test("failure beside success is failure, in every order and on either stream", () => {
  const failures = ["Error running promote_auto_flags: Timed out", "Invalid operation: promote_auto_flags"];
  for (const failure of failures)
    for (const [sample, isGood] of [
      [PROMOTED, (text: string) => ["promoted", "nothing_to_promote"].includes(parsePromoteOutcome(saying(text)).kind)],
      [UPGRADED, (text: string) => parseUpgradeBsqlOutcome(saying(text)).kind === "upgraded"],
    ] as const) {
      expect(isGood(`${failure}\n${sample}`)).toBe(false);
      expect(isGood(`${sample}${failure}\n`)).toBe(false);
      expect(parseQuietFailure({ code: 0, stdout: sample, stderr: failure })).toBeDefined();
    }
});

test("another exit code than 0 is never success, whatever the text says", () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 2, 127, 255, null), fc.constantFrom(PROMOTED, UPGRADED, ""), (code, stdout) => {
      const result = { code, stdout, stderr: "" };
      expect(["failed", "unsupported"]).toContain(parsePromoteOutcome(result).kind);
      expect(["permanent", "transient", "timed_out"]).toContain(parseUpgradeBsqlOutcome(result).kind);
      expect(parseQuietFailure(result)).toBeDefined();
    }),
  );
});

test("readers of parts and of files never throw, and end", () => {
  const parts: readonly ((text: string) => unknown)[] = [
    parseTextProto,
    parseLimits,
    parseUnit,
    parseVersion,
    parseDuration,
    readJournal,
    whyNotPrivateKey,
    (text) => compareVersions(text, "2.18.0.0"),
    (text) => parseHostFacts(`${HOST_FACTS_BEGIN}\n${text}`),
  ];
  const journal =
    '{"schema":1,"event":"run_started","at":"2026-01-01T00:00:00Z","run":"r","from":"a","to":"b"}\n'.repeat(5);
  const damaged = fc.tuple(
    fc.constantFrom(journal, PROMOTED, LEASE, 'a { b: "c" }'),
    fc.array(damages, { maxLength: 3 }),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        garbage,
        damaged.map(([text, hits]) => hits.reduce(applyDamage, text)),
      ),
      (text) => {
        for (const part of parts) part(text);
      },
    ),
    { numRuns: RUNS },
  );
  for (const part of parts)
    for (const piece of ["{", "a{", "a:", "(", "-", ".", "1.", "9", "\n", "\0", '"', "{}\n"]) part(piece.repeat(5_000));
});
