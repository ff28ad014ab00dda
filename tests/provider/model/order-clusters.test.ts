import fc from "fast-check";
import { orderClusters } from "../../../provider/model/order-clusters";

/** `a>b`: b reads from a. */
const links = (...texts: string[]) =>
  texts.map((text) => {
    const [source = "", target = ""] = text.split(">");
    return { source, target };
  });

test.each([
  ["one that reads goes before the one that it reads from", ["a", "b"], ["a>b"], ["b", "a"]],
  ["of a hub and its readers the hub goes last", ["hub", "x", "y"], ["hub>x", "hub>y"], ["x", "y", "hub"]],
  ["of a hub that reads from all the hub goes first", ["hub", "x", "y"], ["x>hub", "y>hub"], ["hub", "x", "y"]],
  ["along a chain the last reader goes first", ["a", "b", "c"], ["a>b", "b>c"], ["c", "b", "a"]],
  ["two that read from each other go by name", ["west", "east"], ["west>east", "east>west"], ["east", "west"]],
  ["a ring goes by name", ["c", "a", "b"], ["a>b", "b>c", "c>a"], ["a", "b", "c"]],
  ["one that reads from a ring goes before all of it", ["a", "b", "z"], ["a>b", "b>a", "a>z"], ["z", "a", "b"]],
  ["one that a ring reads from goes after all of it", ["a", "b", "c"], ["b>c", "c>b", "a>b"], ["b", "c", "a"]],
  ["clusters without links go by name", ["b", "a"], [], ["a", "b"]],
  ["a name that is no cluster's changes nothing", ["a", "b"], ["a>b", "elsewhere>a"], ["b", "a"]],
])("%s", (_title, names, texts, expected) => {
  expect(orderClusters(names, links(...texts))).toEqual(expected);
});

const graphs = fc
  .uniqueArray(fc.constantFrom(..."abcdef"), { minLength: 1 })
  .chain((names) =>
    fc.tuple(
      fc.constant(names),
      fc.array(fc.record({ source: fc.constantFrom(...names), target: fc.constantFrom(...names) }), { maxLength: 12 }),
    ),
  );

test("every cluster has one place, and a target stands after its source only where they go around together", () => {
  fc.assert(
    fc.property(graphs, ([names, some]) => {
      const order = orderClusters(names, some);
      expect([...order].sort()).toEqual([...names].sort());
      const reads = (a: string, b: string, seen: readonly string[] = []): boolean =>
        some.some(
          ({ source, target }) =>
            target === a && (source === b || (!seen.includes(source) && reads(source, b, [...seen, source]))),
        );
      for (const { source, target } of some)
        if (order.indexOf(source) < order.indexOf(target)) expect(reads(source, target)).toBe(true);
    }),
  );
});

test("neither the order of names nor that of links matters", () => {
  fc.assert(
    fc.property(graphs, ([names, some]) => {
      expect(orderClusters([...names].reverse(), [...some].reverse())).toEqual(orderClusters(names, some));
    }),
  );
});
