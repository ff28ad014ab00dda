// What the engine's plugin process loads through the constant text of the resource: six methods, nothing else.

import { check } from "./check";
import { diff } from "./diff";
import { create, read, remove, update } from "./operations";

export const provider = { check, diff, create, update, read, delete: remove };
