import { parseIsLeader } from "../../../../provider/inventory/parse/is-leader";
import type { HttpAnswer } from "../../../../provider/ports";
import { captured, valueFrom, whyNot } from "./captured";

const answer = (status: number, body: string): HttpAnswer => ({ kind: "answer", status, body });

describe("parseIsLeader", () => {
  it("knows the leader", () => {
    expect(valueFrom(parseIsLeader(answer(200, captured("is-leader-ok.json"))))).toBe("leader");
  });

  it("takes a 503, whole or bare, for not leading", () => {
    expect(valueFrom(parseIsLeader(answer(503, "")))).toBe("not_leader");
    expect(valueFrom(parseIsLeader({ kind: "closed" }))).toBe("not_leader");
  });

  it("knows a process without the page, whatever the status", () => {
    expect(valueFrom(parseIsLeader(answer(404, captured("is-leader-404.txt"))))).toBe("no_such_page");
    expect(valueFrom(parseIsLeader(answer(200, captured("is-leader-404.txt"))))).toBe("no_such_page");
  });

  it("does not take a process that is down for one that does not lead", () => {
    expect(whyNot(parseIsLeader({ kind: "refused" }))).toBe("nobody listens there");
    expect(whyNot(parseIsLeader({ kind: "timeout", afterMs: 5000 }))).toBe("no answer within 5000 ms");
    expect(whyNot(parseIsLeader({ kind: "failed", message: "getaddrinfo ENOTFOUND" }))).toBe("getaddrinfo ENOTFOUND");
  });

  it.each([
    [200, ""],
    [200, "OK"],
    [200, "{}"],
    [200, '{"STATUS":"ok"}'],
    [200, '{"error":"x"'],
    [500, '{"STATUS":"OK"}'],
    [302, ""],
  ])("does not take status %i with %j for a leader", (status, body) => {
    expect(parseIsLeader(answer(status, body)).ok).toBe(false);
  });
});
