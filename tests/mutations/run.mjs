// Does a test notice when a gate is always open? Each gate in turn is opened, and the fast tests of the provider have to fail.
//
// Prints per gate the test that noticed; one that nobody misses is a gate that nobody tests. The last line is `N passed, N failed`.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const workDir = mkdtempSync(join(tmpdir(), "bmdb-mutations-"));
const jest = join(root, "node_modules/jest/bin/jest.js");
const TESTS = ["gates", "executor", "planner"].map((folder) => `/tests/provider/${folder}/`);
const GATE_TESTS = "tests/provider/gates/gates.test.ts";

/** The failed tests, each with its file. A file that does not even load notices nothing. */
async function runTests(gate) {
  const outputFile = join(workDir, `${gate ?? "none"}.json`);
  const args = [jest, "--runInBand", "--silent", "--json", "--outputFile", outputFile, "--testPathPatterns", ...TESTS];
  if (gate !== undefined) args.push("--setupFilesAfterEnv", join(root, "tests/mutations/open-gate.ts"));
  const env = { ...process.env, BMDB_MUTATE_GATE: gate ?? "" };
  await new Promise((resolve, reject) => {
    spawn(process.execPath, args, { cwd: root, stdio: "ignore", env }).on("error", reject).on("close", resolve);
  });
  const { testResults, numRuntimeErrorTestSuites, numTotalTests } = JSON.parse(readFileSync(outputFile, "utf8"));
  if (numRuntimeErrorTestSuites > 0 || numTotalTests === 0)
    throw new Error(
      `the tests did not run: ${testResults.map((file) => file.message).find(Boolean) ?? "there are none"}`,
    );
  return testResults.flatMap((file) =>
    file.assertionResults
      .filter((test) => test.status === "failed")
      .map((test) => ({ file: relative(root, file.name), title: test.fullName })),
  );
}

/** `gates.test.ts` holds this list to the code, so a gate that is missing here fails the run without a mutant. */
function listGates() {
  const page = readFileSync(join(root, "docs/gates.md"), "utf8");
  return [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map((match) => match[1]);
}

async function main() {
  const healthy = await runTests(undefined);
  if (healthy.length > 0)
    throw new Error(
      `without any mutant ${healthy.length} tests fail already: ${healthy[0].title} (${healthy[0].file})`,
    );
  const left = listGates();
  const total = { passed: 0, failed: 0 };
  const work = async () => {
    for (let gate = left.shift(); gate !== undefined; gate = left.shift()) {
      const noticed = await runTests(gate);
      total[noticed.length > 0 ? "passed" : "failed"]++;
      console.log(describe(gate, noticed));
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
}

function describe(gate, noticed) {
  if (noticed.length === 0) return `✕ ${gate} may be open for ever: no test fails`;
  // A roll that goes wrong says more than the gate's own case.
  const first = noticed.find((test) => test.file !== GATE_TESTS) ?? noticed[0];
  const others = noticed.length > 1 ? `, and ${noticed.length - 1} more` : "";
  return `✓ ${gate}\n    ${first.title} (${first.file})${others}`;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.log(`${error.message}\n\n0 passed, 1 failed`);
  process.exitCode = 1;
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
