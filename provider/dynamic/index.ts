// What the engine's plugin process loads through the constant text of the resource: six methods, nothing else.

import { listenForCancel } from "./cancel";
import { check } from "./check";
import { diff } from "./diff";
import { create, read, remove, update } from "./operations";

listenForCancel();

export const provider = { check, diff, create, update, read, delete: remove };
