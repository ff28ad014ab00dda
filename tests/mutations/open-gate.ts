// A mutant: one gate that is always open, or that is not asked before one kind of step. Jest loads this before each test file when
// tests/mutations/run.mjs tells it to; the code under test has no hook for it.

import { gates } from "../../provider/gates";
import { open } from "../../provider/model/verdict";

const id = process.env["BMDB_MUTATE_GATE"];
const kind = process.env["BMDB_MUTATE_BEFORE"];
const gate = gates.find((each) => each.id === id);
if (gate === undefined) throw new Error(`there is no gate ${id} to be opened`);
if (!kind) Object.defineProperty(gate, "ask", { value: () => open });
else {
  const left = gate.before.filter((each) => each !== kind);
  if (left.length === gate.before.length) throw new Error(`${id} is not asked before ${kind}`);
  Object.defineProperty(gate, "before", { value: left });
}
