// What every operation of bm-admin is given, and how it refuses its operands.

import type { AdminFaults } from "./admin-faults";
import { type AdminClient, OperationFailed } from "./bm-admin-client";

export interface OperationContext {
  readonly client: AdminClient;
  readonly operands: readonly string[];
  readonly excludeDead: boolean;
  /** Version of this bm-admin, which words the answers. */
  readonly version: string;
  print(line: string): void;
  /** As it is, without an end of line. */
  write(text: string): void;
  readonly faults: AdminFaults;
}

export interface Operation {
  /** What follows the name in the usage. */
  readonly usage: string;
  /** First release whose bm-admin knows it. */
  readonly since?: string;
  run(context: OperationContext): Promise<void>;
}

export function refuse(message: string): never {
  throw new OperationFailed(`Invalid argument (bm/tools/bm-admin_cli.cc:210): ${message}`, true);
}
