// What the engine's plugin process loads through the constant texts of the resources: six methods each, nothing else.
//
// Every command loads this, also a preview without changes, which calls check and diff only. So whatever contacts a cluster is
// loaded by the first call that does, and then all of it at once: nothing is left to be found missing in the middle of a roll.

import { listenForCancel } from "./cancel";
import { type CheckResult, check } from "./check";
import { diff } from "./diff";

listenForCancel();

type Props = Record<string, unknown>;

interface Provider {
  check(olds: Props, news: Props): Promise<CheckResult>;
  diff(id: string, olds: Props, news: Props): Promise<{ changes?: boolean }>;
  create(inputs: Props): Promise<{ id: string; outs: Props }>;
  update(id: string, olds: Props, news: Props): Promise<{ outs: Props }>;
  read(id: string, props: Props): Promise<{ id: string; props: Props; inputs: Props }>;
  delete(): Promise<void>;
}

const behind = (load: () => Provider): Provider => ({
  check: async (olds, news) => load().check(olds, news),
  diff: async (id, olds, news) => load().diff(id, olds, news),
  create: async (inputs) => load().create(inputs),
  update: async (id, olds, news) => load().update(id, olds, news),
  read: async (id, props) => load().read(id, props),
  delete: async () => load().delete(),
});

const loadOperations = (): Provider => {
  const { create, update, read, remove } = require("./operations") as typeof import("./operations");
  return { check, diff, create, update, read, delete: remove };
};

export const provider: Provider = { ...behind(loadOperations), check, diff };
export const xdcrPause: Provider = behind(() => (require("./xdcr-pause") as typeof import("./xdcr-pause")).xdcrPause);
export const xdcrResume: Provider = behind(
  () => (require("./xdcr-resume") as typeof import("./xdcr-resume")).xdcrResume,
);
