import { cleanLine, cleanOutput } from "../../../provider/errors/clean-output";
import { createKeyPair } from "../../support/shell-ssh-server";

test.each([
  ["PGPASSWORD=hunter2 bsqlsh", "PGPASSWORD=[secret] bsqlsh"],
  ["password: hunter2", "password: [secret]"],
  ['password = "hunter two" and more', "password = [secret] and more"],
  ["token='hunter two'", "token=[secret]"],
  ['{"password":"hunter2","user":"bm"}', '{"password":[secret],"user":"bm"}'],
  ["{'api_key': 'hunter2'}", "{'api_key': [secret]}"],
  ["bm-admin --password hunter2 list", "bm-admin --password [secret] list"],
  ["tool -db_passphrase hunter2", "tool -db_passphrase [secret]"],
  ["API-KEY=hunter2", "API-KEY=[secret]"],
  ["Authorization: Bearer hunter2.abc", "Authorization: [secret]"],
  ["get https://user:hunter2@host/path failed", "get https://[secret]@host/path failed"],
  ["get https://user:hun@ter2@host/path", "get https://[secret]@host/path"],
])("%j shows no secret", (dirty, clean) => {
  expect(cleanOutput(dirty)).toBe(clean);
});

test.each([
  "master 10.0.0.1:11000 is the leader",
  "see https://docs.example.com/upgrade and mail ops@example.com",
  "the password file /etc/x was not found",
  "tokenizer ready",
])("%j stays as it is", (text) => {
  expect(cleanOutput(text)).toBe(text);
});

describe("private keys", () => {
  const key = createKeyPair().private;
  const inner = key.split("\n")[2] ?? "";

  test("are masked as a whole", () => {
    expect(cleanOutput(`before\n${key}\nafter`)).toBe("before\n[private key]\nafter");
    expect(cleanOutput("-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----")).toBe(
      "[private key]",
    );
  });

  test("whose end is cut off are masked to the end", () => {
    expect(cleanOutput(`before\n${key.slice(0, key.indexOf("-----END"))}`)).toBe("before\n[private key]");
  });

  test("whose beginning is cut off are masked too", () => {
    const tail = key.slice(key.indexOf(inner));
    expect(cleanOutput(`${tail}after`)).toBe("[private key]\nafter");
  });
});

test("control characters are shown, not carried out", () => {
  expect(cleanOutput("\u001b[2Jgone\u0007 \u009bx \rback\u007f")).toBe("\\x1b[2Jgone\\x07 \\x9bx \\x0dback\\x7f");
});

test("characters that turn the direction of the text or break the line are shown", () => {
  expect(cleanOutput("a\u202eb\u2066c\u2028d")).toBe("a\\x202eb\\x2066c\\x2028d");
});

test("tabs, umlauts and emoji are text", () => {
  expect(cleanOutput("a\tü 🙂")).toBe("a\tü 🙂");
});

test("the last lines are kept, empty ones are not lines", () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  expect(cleanOutput(lines.join("\n\n"))).toBe(lines.slice(-12).join("\n"));
  expect(cleanOutput("\n \r\n\n")).toBe("");
});

test("a long line is cut and says so", () => {
  expect(cleanOutput("x".repeat(400))).toBe(`${"x".repeat(300)}…`);
});

test("a secret beyond the cut does not come back by it", () => {
  expect(cleanOutput(`${"x".repeat(290)} password=hunter2`)).not.toContain("hunter");
});

test("one line for the inside of a sentence holds the last three", () => {
  expect(cleanLine("one\ntwo\nthree\nfour")).toBe("two / three / four");
  expect(cleanLine("y".repeat(200))).toBe(`${"y".repeat(160)}…`);
});
