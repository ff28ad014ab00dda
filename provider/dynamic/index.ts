// What the engine's plugin process loads through the constant texts of the resources: six methods each, nothing else.

import { listenForCancel } from "./cancel";
import { check } from "./check";
import { diff } from "./diff";
import { create, read, remove, update } from "./operations";

export { xdcrPause } from "./xdcr-pause";
export { xdcrResume } from "./xdcr-resume";

listenForCancel();

export const provider = { check, diff, create, update, read, delete: remove };
