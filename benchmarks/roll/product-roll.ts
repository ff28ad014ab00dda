// A roll through the provider's functions, as the engine's plugin process would do it. Staging and adoption come before.

import { fork } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { provider } from "../../provider/dynamic";
import type { BenchCluster } from "./bench-cluster";
import type { Rolled } from "./measure";
import { readProductMarks } from "./read-marks";

export interface ChildOrder {
  readonly id: string;
  readonly olds: Record<string, unknown>;
  readonly news: Record<string, unknown>;
}

const answerSchema = z.object({
  failure: z.string().optional(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  cpuMs: z.number(),
  memoryKb: z.number(),
});
export type ChildAnswer = z.infer<typeof answerSchema>;

export interface RollOptions {
  readonly from: string;
  readonly to: string;
  readonly pauseSeconds: number;
  readonly signal: AbortSignal;
}

export async function rollByProduct(cluster: BenchCluster, options: RollOptions): Promise<Rolled> {
  const adopted = await provider.create({ ...cluster.inputs(options.from, options.pauseSeconds) });
  const connectionsBefore = cluster.countConnections();
  const journals = cluster.journalDir(options.to);
  const answer = await runChild(
    { id: adopted.id, olds: adopted.outs, news: { ...cluster.inputs(options.to, options.pauseSeconds) } },
    journals,
    options.signal,
  );
  if (answer.failure !== undefined) throw new Error(`the product's roll failed: ${answer.failure}`);
  const journal = readdirSync(journals)
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => readFileSync(join(journals, file), "utf8"));
  return {
    ...answer,
    wallMs: answer.endedAtMs - answer.startedAtMs,
    connections: cluster.countConnections() - connectionsBefore,
    marks: readProductMarks(journal.join("")),
  };
}

function runChild(order: ChildOrder, journals: string, signal: AbortSignal): Promise<ChildAnswer> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, "roll-child.js"), {
      // Not the terminal's: an end of input would tell the roll that its CLI is gone.
      stdio: ["pipe", "inherit", "inherit", "ipc"],
      env: { ...process.env, PULUMI_BMDB_JOURNAL: journals },
      signal,
    });
    child.once("error", reject);
    child.once("message", (message) => resolve(answerSchema.parse(message)));
    child.once("exit", (code, reason) => reject(new Error(`the roll's process ended (${code ?? reason})`)));
    // Over the channel and not as arguments: the order holds the private key.
    child.send(order);
  });
}
