// Which of a process's flags are places that an upgrade must leave alone (spec P3).

import { PATH_FLAGS } from "../dialect/processes";
import type { Flags } from "../model/pages";

/** Absolute paths only: what is relative is relative to the release, and found by the gate as it is. */
export const listPaths = (flags: Flags): string[] =>
  PATH_FLAGS.flatMap((name) => (flags.get(name)?.value ?? "").split(",")).filter((path) => path !== "");
