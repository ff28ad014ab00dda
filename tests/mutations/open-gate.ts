// A mutant: one gate that is always open. Jest loads this before each test file when tests/mutations/run.mjs tells it to; the
// code under test has no hook for it.

import { gates } from "../../provider/gates";
import { open } from "../../provider/model/verdict";

const id = process.env["BMDB_MUTATE_GATE"];
const gate = gates.find((each) => each.id === id);
if (gate === undefined) throw new Error(`there is no gate ${id} to be opened`);
Object.defineProperty(gate, "ask", { value: () => open });
