// "The first two times" over all processes: each turn is a file that only one of them can create.

import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** True when this call got one of the `limit` turns. `key` names the order; one that is set anew has a key of its own. */
export function takeTurn(dir: string, key: string, limit: number): boolean {
  const name = createHash("sha256").update(key).digest("hex").slice(0, 16);
  fs.mkdirSync(dir, { recursive: true });
  for (let turn = 1; turn <= limit; turn++) {
    try {
      fs.closeSync(fs.openSync(path.join(dir, `${name}.${turn}`), "wx"));
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return false;
}
