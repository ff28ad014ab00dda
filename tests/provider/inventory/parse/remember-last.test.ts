import { rememberLast } from "../../../../provider/inventory/parse/remember-last";
import { parsed, unparsed } from "../../../../provider/model/fact";

test("an answer that came a moment ago is not read again, and each answer keeps its own reading", () => {
  const read: string[] = [];
  const parse = rememberLast((body: string) => {
    read.push(body);
    return body === "" ? unparsed<{ text: string }>("nothing in it") : parsed({ text: body });
  });
  const bodies = ["2.16", "2.18", "2.16", "", "2.18", ""];
  expect(bodies.map(parse)).toEqual(
    bodies.map((body) => (body === "" ? unparsed("nothing in it") : parsed({ text: body }))),
  );
  expect(read).toEqual(["2.16", "2.18", ""]);
});

test("what is remembered does not grow", () => {
  const read: string[] = [];
  const parse = rememberLast((body: string) => parsed(read.push(body)));
  const bodies = Array.from({ length: 100 }, (_, index) => String(index));
  bodies.map(parse);
  parse("99");
  parse("0");
  expect(read).toEqual([...bodies, "0"]);
});
