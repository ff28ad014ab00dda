// `npm run bench:preview`: what a preview that changes nothing costs, beside the same program around a provider that does nothing.

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { planHosts } from "../sandbox/cli/layouts";
import { startSandbox } from "../sandbox/sandbox";
import { createPreviewProject } from "./preview/preview-project";
import { median } from "./roll/measure";

const VERSION = "2.16.0.0";

async function main(): Promise<void> {
  const { rounds } = new Command("npm run bench:preview --")
    .option("--rounds <count>", "pairs of previews", readCount, 10)
    .parse()
    .opts<{ rounds: number }>();
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => stopping.abort(new Error(`ended by ${signal}`)));
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "bmdb-bench-")));
  const sandboxDir = join(dir, "sandbox");
  const loadBefore = load();
  const sandbox = await startSandbox({
    dir: sandboxDir,
    hosts: planHosts({ layout: "colocated" }),
    version: VERSION,
  }).catch((error: unknown) => {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  });
  try {
    const product = await createPreviewProject("product", sandboxDir, VERSION, dir, stopping.signal);
    const empty = await createPreviewProject("empty", sandboxDir, VERSION, dir, stopping.signal);
    // Of the first ones, one reads the disk and the other finds it read.
    await product.preview();
    await empty.preview();
    const pairs: { product: number; empty: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // Each goes first in turn.
      if (round % 2 === 0) pairs.push({ product: await product.preview(), empty: await empty.preview() });
      else pairs.push({ empty: await empty.preview(), product: await product.preview() });
      process.stderr.write(".");
    }
    await sandbox.stop();
    const alone: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      alone.push(await product.preview());
      process.stderr.write(".");
    }
    report(pairs, alone, loadBefore);
  } finally {
    await sandbox.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function report(
  pairs: readonly { readonly product: number; readonly empty: number }[],
  alone: readonly number[],
  loadBefore: string,
): void {
  const product = pairs.map((pair) => pair.product);
  const empty = pairs.map((pair) => pair.empty);
  const inSeconds = (values: readonly number[]) =>
    `median ${(median(values) / 1000).toFixed(2)} s, ${(Math.min(...values) / 1000).toFixed(2)} to ${(Math.max(...values) / 1000).toFixed(2)} s`;
  const over = (ratio: number) => `${ratio >= 1 ? "+" : ""}${((ratio - 1) * 100).toFixed(1)} %`;
  process.stdout.write(
    [
      "",
      `${cpus().length} cores, Node ${process.version}, ${pairs.length} pairs, load ${loadBefore} before and ${load()} after`,
      `  BmCluster, nothing to do:               ${inSeconds(product)}`,
      `  the same around an empty provider:      ${inSeconds(empty)}`,
      `  BmCluster, the cluster switched off:    ${inSeconds(alone)}`,
      `  difference of the medians ${over(median(product) / median(empty))}, median of the pairs' differences ${over(median(pairs.map((pair) => pair.product / pair.empty)))} (goal: at most +15 %)`,
      "",
    ].join("\n"),
  );
}

function readCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number from 1 up");
  return value;
}

const load = (): string => (loadavg()[0] ?? 0).toFixed(1);

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
