import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { matchesHostNames, matchesPattern } from "../../../provider/model/host-pattern";
import { judgeHostKey, knownKeysFor, lookupHostKey } from "../../../provider/model/known-hosts";

// Keys, hashes and fingerprints as ssh-keygen made and printed them.
const ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIEDNghG7H5V83tA0IPWYO2a0InL2969C3Yof+EcUfsFH";
const ed25519Print = "ssh-ed25519 SHA256:UgOQ0J72W/Z3nMA7peZICxBgpylOkpR5egLmRP5tohI";
const other = "AAAAC3NzaC1lZDI1NTE5AAAAID6wxSOY64VlWS+cfxBG03ddhq0ewcleCJBPLECYCvbw";
const otherPrint = "ssh-ed25519 SHA256:HjC0M+qEk7Lc3IxfaP++o+OG5Og5TEtQlq1DfF7BpTI";
const ecdsa =
  "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJC3QcelyShH98XdDD12JBECgHX/awh8gDz7d/bjRnOb1dFSM7BStC6thL0sEB869Xy2SGgs4F0420Yrc536xE4=";
const rsa =
  "AAAAB3NzaC1yc2EAAAADAQABAAABAQC2EZwrRknblTIRwnvmz3CRW/vV6QHuYyLVa1jnaic2vVo5UhB8D4Bu5n+UKRePXizv/jMs6cWgRvbR5bDUZq246iCGILKP19gvArriG8bf984Tipn/03iwRoc2kGlfiPXIgwP+/8TlEo6qPiv27izYHnls6IgkCATWGmZ8frNPigUvm26wTPbGgXndzRx+d7Hjjca5p0iHyHhK7ulQArjA3g5tr38G2m2ppsdB2up9YQ+NeIZuyODalVOw2qhLzG4aB6VRLhV8Q+vwZi7JU6VSUf9lw+FYgheiTsq1tNijC3Co3tPZXpqnlVsxJiC1Bjggox0NZMEDojhu7q+UnG9/";
const hashedName = "|1|W4xM1iaQlG1dmtENheQJVdurgnc=|bjwxsJVqlzgZDo79OCBw/WucIdc=";
const hashedNameAndPort = "|1|eT7nzdBDMHcJImZDuzf/PghQG3g=|zg0LdE2B+9BNF/K7SFRsrkpUFi0=";

const known = (names: string, key = ed25519, type = "ssh-ed25519") => `${names} ${type} ${key}`;
const linesOf = (text: string, host: string, port = 22) => lookupHostKey(text, host, port).keys.map((key) => key.line);
const judge = (text: string, offered = ed25519, host = "db1.example", port = 22) =>
  judgeHostKey(lookupHostKey(text, host, port), offered);

describe("lookupHostKey", () => {
  it.each([
    ["a plain name", "db1.example", "db1.example", 22],
    ["another case", "DB1.Example", "db1.eXample", 22],
    ["one of a list", "a,10.0.0.1,db1.example", "10.0.0.1", 22],
    ["a name with its port", "[db1.example]:2222", "db1.example", 2222],
    ["an IPv6 address", "fe80::1", "fe80::1", 22],
    ["an IPv6 address with its port", "[fe80::1]:2222", "fe80::1", 2222],
    ["a star", "*.example", "db1.example", 22],
    ["a star over a name with its port", "[*.example]:2222", "db1.example", 2222],
    ["a question mark", "db?.example", "db1.example", 22],
    ["a negation of another", "*.example,!db2.example", "db1.example", 22],
    ["a hashed name", hashedName, "db1.example", 22],
    ["a hashed name in another case", hashedName, "DB1.example", 22],
    ["a hashed name with its port", hashedNameAndPort, "db1.example", 2222],
  ])("finds a host by %s", (_what, names, host, port) => {
    expect(linesOf(known(names), host, port)).toEqual([1]);
  });

  it.each([
    ["another name", "db2.example", "db1.example", 22],
    ["a part of the name", "db1", "db1.example", 22],
    ["a longer name", "db1.example.com", "db1.example", 22],
    ["a name without the port", "db1.example", "db1.example", 2222],
    ["a name with a port that is not asked for", "[db1.example]:2222", "db1.example", 22],
    ["a negation", "*.example,!db1.example", "db1.example", 22],
    ["a negation before the match", "!db1.*,db1.example", "db1.example", 22],
    ["a negation only", "!db2.example", "db1.example", 22],
    ["a hash of another name", hashedName, "db2.example", 22],
    ["a hash of the name without its port", hashedName, "db1.example", 2222],
    ["a dot taken for any character", "db1xexample", "db1.example", 22],
    ["two characters for one question mark", "db?.example", "db12.example", 22],
  ])("does not find a host by %s", (_what, names, host, port) => {
    expect(linesOf(known(names), host, port)).toEqual([]);
  });

  it("gives all keys of a host with their lines, and passes over comments and empty lines", () => {
    const text = [
      "\ufeff# comment",
      "",
      known("db1.example"),
      `  ${known("db1.example", ecdsa, "ecdsa-sha2-nistp256")} root@db1 `,
      "\t# x",
    ].join("\r\n");
    expect(lookupHostKey(text, "db1.example", 22)).toMatchObject({
      keys: [
        { line: 3, type: "ssh-ed25519" },
        { line: 4, type: "ecdsa-sha2-nistp256" },
      ],
      malformed: [],
    });
  });

  it.each([
    ["too few words", "db1.example ssh-ed25519"],
    ["an unknown marker", `@trusted ${known("db1.example")}`],
    ["a marker named like a property of objects", `@constructor ${known("db1.example")}`],
    ["a key that is not base64", known("db1.example", "AAAA*")],
    ["a key that is cut off", known("db1.example", ed25519.slice(0, 20))],
    ["a key of another type", known("db1.example", ecdsa)],
    ["a key of ssh version 1", "db1.example 1024 65537 123456789"],
    ["a hash of an unknown kind", known("|2|a|b")],
    ["a hash that is broken", known("|1|W4xM1iaQlG1dmtENheQJVdurgnc=")],
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
  ])("reports a line with %s, and does not use it", (_what, line) => {
    const lookup = lookupHostKey(`# first\n${line}`, "db1.example", 22);
    expect(lookup.keys).toEqual([]);
    expect(lookup.malformed).toEqual([{ line: 2, why: expect.any(String) }]);
  });

  it("says of a certificate authority that it is not supported", () => {
    const text = `@cert-authority ${known("*.example")}`;
    expect(lookupHostKey(text, "db1.example", 22)).toMatchObject({
      keys: [],
      unsupported: [{ line: 1, why: expect.stringMatching(/@cert-authority is not supported/) }],
    });
    expect(lookupHostKey(text, "db1.other", 22).unsupported).toEqual([]);
  });
});

describe("judgeHostKey", () => {
  it("knows a key that is equal", () => {
    expect(judge(known("db1.example"))).toEqual({ kind: "match", line: 1, seen: ed25519Print });
    expect(
      judgeHostKey(lookupHostKey(known("db1.example"), "db1.example", 22), Buffer.from(ed25519, "base64")).kind,
    ).toBe("match");
  });

  it("says of another key of the same type what was expected and what was seen", () => {
    expect(judge(`\n${known("db1.example")}`, other)).toEqual({
      kind: "changed",
      line: 2,
      seen: otherPrint,
      expected: `${ed25519Print} (known_hosts line 2)`,
    });
  });

  it("knows a key on a later line, whatever stands on an earlier one", () => {
    expect(judge(`${known("db1.example", other)}\n${known("*.example")}`)).toMatchObject({ kind: "match", line: 2 });
  });

  it("does not call a key of a type that is not known changed", () => {
    expect(judge(known("db1.example"), ecdsa)).toMatchObject({
      kind: "unknown",
      why: expect.stringMatching(/only a key of type ssh-ed25519 is known/),
    });
  });

  it("knows nothing of a host without a line", () => {
    expect(judge(known("db2.example"))).toEqual({ kind: "unknown", seen: ed25519Print, why: undefined });
    expect(judge("")).toMatchObject({ kind: "unknown" });
  });

  it("refuses a revoked key, even where another line knows it", () => {
    expect(judge(`${known("db1.example")}\n@revoked ${known("*")}`)).toEqual({
      kind: "revoked",
      line: 2,
      seen: ed25519Print,
      expected: "any other key (known_hosts line 2 revokes it)",
    });
  });

  it("does not refuse a key because another one, or another host's, is revoked", () => {
    expect(judge(`${known("db1.example")}\n@revoked ${known("*", other)}\n@revoked ${known("db2.example")}`).kind).toBe(
      "match",
    );
  });

  it("does not trust a certificate authority's key as a host's", () => {
    expect(judge(`@cert-authority ${known("*")}`)).toMatchObject({
      kind: "unknown",
      why: expect.stringMatching(/line 1: @cert-authority/),
    });
  });

  it("tells of a line that could not be read when nothing else is known", () => {
    expect(judge("db1.example ssh-ed25519 AAA")).toMatchObject({
      kind: "unknown",
      why: expect.stringMatching(/line 1 cannot be read/),
    });
  });

  it("does not take what is no key for one, and does not print it", () => {
    expect(judgeHostKey(lookupHostKey(known("*"), "a", 22), Buffer.from("\x1b[31m"))).toMatchObject({
      kind: "unknown",
      seen: "something that is not a host key",
    });
  });

  it("never matches on random text, and never throws", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.string(),
        fc.nat(65_535),
        fc.uint8Array(),
        (text, host, port, bytes) => {
          expect(judgeHostKey(lookupHostKey(text, host, port), Buffer.from(bytes)).kind).toBe("unknown");
        },
      ),
    );
  });

  it("matches nothing when one character of the known key differs", () => {
    fc.assert(
      fc.property(fc.nat(ed25519.length - 1), fc.constantFrom(..."ABCxyz019+/"), (at, character) => {
        const damaged = ed25519.slice(0, at) + character + ed25519.slice(at + 1);
        expect(judge(known("db1.example", damaged)).kind === "match").toBe(damaged === ed25519);
      }),
    );
  });
});

describe("knownKeysFor", () => {
  const access = { text: known("db1.example"), hostKey: undefined, host: "db1.example", port: 22 };

  it("asks a host for the types that are known of it", () => {
    const text = `${known("db1.example", rsa, "ssh-rsa")}\n${known("db1.example")}`;
    expect(knownKeysFor({ ...access, text }).algorithms).toEqual(["ssh-ed25519", "rsa-sha2-512", "rsa-sha2-256"]);
    expect(knownKeysFor({ ...access, text: undefined }).algorithms).toEqual([]);
  });

  it("takes the program's key in place of known_hosts", () => {
    const keys = knownKeysFor({ ...access, hostKey: ` ssh-ed25519 ${other} root@db1\n` });
    expect(judgeHostKey(keys, other).kind).toBe("match");
    expect(judgeHostKey(keys, ed25519)).toMatchObject({
      kind: "changed",
      expected: `${otherPrint} (the program's hostKey)`,
    });
  });

  it("still refuses a revoked key", () => {
    const keys = knownKeysFor({ ...access, text: `@revoked ${known("*", other)}`, hostKey: `ssh-ed25519 ${other}` });
    expect(judgeHostKey(keys, other).kind).toBe("revoked");
  });

  it.each(["", "ssh-ed25519", "db1.example ssh-ed25519 AAAA", "# none", `@revoked ssh-ed25519 ${ed25519}`])(
    "trusts nothing when the program's key is %j",
    (hostKey) => {
      const keys = knownKeysFor({ ...access, hostKey });
      expect(judgeHostKey(keys, ed25519)).toMatchObject({
        kind: "unknown",
        why: expect.stringMatching(/hostKey cannot be used/),
      });
    },
  );
});

describe("matchesPattern", () => {
  it("agrees with a regular expression on short patterns", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "?"), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (each, on) => {
        const expression = each.replaceAll(".", "\\.").replaceAll("?", ".").replaceAll("*", ".*");
        expect(matchesPattern(each, on)).toBe(new RegExp(`^${expression}$`).test(on));
      }),
      { numRuns: 2_000 },
    );
  });

  it("does not hang on many stars", () => {
    expect(matchesPattern("*a".repeat(500), "a".repeat(499))).toBe(false);
  });
});

describe("matchesHostNames", () => {
  it("finds every name by its own hash, and no other name", () => {
    const host = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);
    fc.assert(
      fc.property(
        host,
        host,
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.constantFrom(22, 2222),
        (name, another, salt, port) => {
          const full = port === 22 ? name : `[${name}]:${port}`;
          const hash = createHmac("sha1", salt).update(full).digest("base64");
          const names = `|1|${Buffer.from(salt).toString("base64")}|${hash}`;
          expect(matchesHostNames(names, name, port)).toBe(true);
          expect(matchesHostNames(names, another, port)).toBe(another === name);
        },
      ),
    );
  });
});
