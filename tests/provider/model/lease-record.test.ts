import { type LeaseRecord, parseRecord, renderRecord } from "../../../provider/model/lease-record";

const record: LeaseRecord = {
  state: "held",
  epoch: 7,
  beat: 3,
  termMs: 60_000,
  owner: {
    stack: "shop/prod",
    host: "laptop-7",
    person: "Ada Ødegård",
    runId: "20261123-223201-ab12cd",
    since: "2026-11-23T22:32:01.000Z",
  },
};

test("a record is one line of nine words that a person can read, and comes back as it was", () => {
  const text = renderRecord(record);
  expect(text).toBe(
    "held 7 20261123-223201-ab12cd 3 60000 2026-11-23T22%3A32%3A01.000Z shop%2Fprod laptop-7 Ada%20%C3%98deg%C3%A5rd",
  );
  expect(parseRecord(`${text}\n`)).toEqual({ text, record });
});

test.each([
  ["quotes and line breaks", "a'b\"c\nd\u001b[31m$(x)`y`", "a?b?c?d??31m??x??y?"],
  ["half a surrogate pair", "a\ud800b", "a?b"],
  ["nothing", "", "?"],
  ["too much", "x".repeat(500), "x".repeat(80)],
])("%s in a name are made harmless", (_what, person, shown) => {
  const text = renderRecord({ ...record, owner: { ...record.owner, person } });
  expect(text).toMatch(/^[\x21-\x7e]+( [\x21-\x7e]+){8}$/);
  expect(text).not.toContain("'");
  expect(parseRecord(text).record?.owner.person).toBe(shown);
});

test.each(["", "garbage", "held seven run 0 1 a b c d", "held 7 run 0 60000 a b c", "held 7 run 0 60000 a b c d e"])(
  "%p is no record, and is kept as it is",
  (text) => {
    expect(parseRecord(text)).toEqual({ text, record: undefined });
  },
);

test("what somebody else wrote there is shown without control characters", () => {
  expect(parseRecord("held 7 run 0 60000 a %1b%5b31m %E0%A4%A b").record?.owner).toMatchObject({
    stack: "??31m",
    host: "?",
  });
});
