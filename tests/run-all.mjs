// Everything that must hold before a change is good: the build, the checks of the source, and all tests. One command, locally and in CI.
//
// The last line is `N passed, N failed`: each check counts as one, each test as one. Nothing is skipped because something is missing; a
// test that needs more than there is fails and says how to get it. `npm run test:long` (BMDB_TEST_LONG=1) tries every combination.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const workDir = mkdtempSync(join(tmpdir(), "bmdb-tests-"));
const total = { passed: 0, failed: 0, skipped: 0 };

/** A package's command, run by this Node itself: no shell, no npx. */
function command(packageName, name = packageName) {
  const dir = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
  return join(dir, typeof bin === "string" ? bin : bin[name]);
}

function run(args, { isQuiet }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: isQuiet ? ["ignore", "pipe", "pipe"] : "inherit" });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => output.push(chunk));
    child.on("error", (error) => resolve({ code: 1, text: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, text: Buffer.concat(output).toString().trim() }));
  });
}

/** One check counts like one test. It speaks only when it fails, unless it takes long enough that one wants to watch. */
async function check(title, args, isQuiet = true) {
  const startedAtMs = Date.now();
  const { code, text } = await run(args, { isQuiet });
  const seconds = ((Date.now() - startedAtMs) / 1000).toFixed(1);
  total[code === 0 ? "passed" : "failed"]++;
  console.log(`${code === 0 ? "✓" : "✕"} ${title} (${seconds} s)`);
  if (code !== 0 && text !== "") console.log(`\n${text.replaceAll(/^/gm, "    ")}\n`);
  return code === 0;
}

async function runJest(title, args) {
  console.log(`\n── ${title}`);
  const outputFile = join(workDir, `${title.replaceAll(/\W+/g, "-")}.json`);
  await run([command("jest"), "--json", "--outputFile", outputFile, ...args], { isQuiet: false });
  try {
    const result = JSON.parse(readFileSync(outputFile, "utf8"));
    total.passed += result.numPassedTests;
    // A file that does not even load has no tests to count, but it has failed.
    total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    total.skipped += result.numPendingTests + result.numTodoTests;
  } catch (error) {
    console.log(`jest left no result: ${error.message}`);
    total.failed++;
  }
}

async function main() {
  console.log("── Build and checks");
  const isBuilt = await check("the package compiles", [command("typescript", "tsc"), "-p", "tsconfig.build.json"]);
  const folders = ["index.ts", "bin", "components", "provider", "sandbox"];
  await Promise.all([
    check("sources, tests and examples have the right types", [
      command("typescript", "tsc"),
      "-p",
      "tsconfig.json",
      "--noEmit",
    ]),
    check("the sources are formatted and free of known mistakes", [command("@biomejs/biome", "biome"), "check", "."]),
  ]);
  await Promise.all([
    check("imports go in the direction of the design", [
      command("dependency-cruiser", "depcruise"),
      ...["--config", ".dependency-cruiser.cjs"],
      ...folders,
    ]),
    check("nothing is exported, kept or depended on for nothing", [command("knip")]),
  ]);
  if (isBuilt) await check("there is a Pulumi", [join("dist", "bin", "toolchain.js")], false);

  // Tests wait more than they compute (timers, processes), so two at a time do not slow each other down on two cores. The real CLI waits
  // even more: there, one more than there are cores.
  const cores = availableParallelism();
  const workers = (standard) => `--maxWorkers=${process.env.BMDB_TEST_WORKERS ?? standard}`;
  await runJest("Unit and loopback tests", [
    workers(Math.max(2, cores - 1)),
    "--testPathIgnorePatterns",
    "/tests/e2e/",
  ]);
  await runJest("End to end, on the real Pulumi CLI", [
    workers(Math.max(3, cores)),
    "--testPathPatterns",
    "/tests/e2e/",
  ]);
}

await main().finally(() => rmSync(workDir, { recursive: true, force: true }));
const { passed, failed, skipped } = total;
console.log(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 ? 1 : 0;
