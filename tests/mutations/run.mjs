// Does a test notice when a gate is always open, or is not asked before a kind of step? Each gate in turn is opened, each entry of its
// list is taken out in turn, and the fast tests of the provider have to fail.
//
// Prints per mutant the test that noticed; one that nobody misses is a rule that nobody tests. The last line is `N passed, N failed`.

import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const workDir = mkdtempSync(join(tmpdir(), "bmdb-mutations-"));
const jest = join(root, "node_modules/jest/bin/jest.js");
const GATE_TESTS = ["/tests/provider/gates/"];
const TESTS = [...GATE_TESTS, "/tests/provider/executor/", "/tests/provider/planner/"];
// The option takes the place of what the configuration names, so that is named too.
const SETUP = ["tests/support/patience.ts", "tests/mutations/open-gate.ts"].flatMap((file) => [
  "--setupFilesAfterEnv",
  join(root, file),
]);
/** What notices every mutant of its kind, and says the least about what goes wrong. */
const LISTS = /^tests\/provider\/gates\/gates\.test\.ts$|asked before these steps and no others/;

/** The failed tests, each with its file. A file that does not even load notices nothing. */
async function runTests(mutant, tests) {
  const outputFile = join(workDir, `${mutant?.gate ?? "none"}-${mutant?.kind ?? "open"}.json`);
  const args = [jest, "--runInBand", "--silent", "--json", "--outputFile", outputFile, "--testPathPatterns", ...tests];
  if (mutant !== undefined) args.push(...SETUP);
  const env = { ...process.env, BMDB_MUTATE_GATE: mutant?.gate ?? "", BMDB_MUTATE_BEFORE: mutant?.kind ?? "" };
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

/** Every gate with every kind of step that it is asked before, as its file says. */
function listAskings() {
  const folder = join(root, "provider/gates");
  return readdirSync(folder).flatMap((file) => {
    const match = /\bid: "([a-z_]+)",\s*before: \[([^\]]*)\]/.exec(readFileSync(join(folder, file), "utf8"));
    return match === null
      ? []
      : [...match[2].matchAll(/"([a-z_]+)"/g)].map((kind) => ({ gate: match[1], kind: kind[1] }));
  });
}

/** A gate that is not asked is noticed by the tests of the gates, or else by a roll that goes wrong; an open one is looked for in both. */
async function findNoticing(mutant) {
  if (mutant.kind === undefined) return runTests(mutant, TESTS);
  const noticed = await runTests(mutant, GATE_TESTS);
  return noticed.length > 0 ? noticed : runTests(mutant, TESTS);
}

async function main() {
  const healthy = await runTests(undefined, TESTS);
  if (healthy.length > 0)
    throw new Error(
      `without any mutant ${healthy.length} tests fail already: ${healthy[0].title} (${healthy[0].file})`,
    );
  const gates = listGates();
  const askings = listAskings();
  const unread = gates.filter((gate) => !askings.some((asking) => asking.gate === gate));
  if (unread.length > 0)
    throw new Error(`before which steps these gates are asked could not be read: ${unread.join(", ")}`);
  const left = [...gates.map((gate) => ({ gate, kind: undefined })), ...askings];
  const total = { passed: 0, failed: 0 };
  const work = async () => {
    for (let mutant = left.shift(); mutant !== undefined; mutant = left.shift()) {
      const noticed = await findNoticing(mutant);
      total[noticed.length > 0 ? "passed" : "failed"]++;
      console.log(describe(mutant, noticed));
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0;
}

function describe({ gate, kind }, noticed) {
  const what = kind === undefined ? `${gate} open for ever` : `${gate} not asked before ${kind}`;
  if (noticed.length === 0) return `✕ ${what}: no test fails`;
  // A roll that goes wrong says more than the gate's own case.
  const first = noticed.find((test) => !LISTS.test(test.file) && !LISTS.test(test.title)) ?? noticed[0];
  const others = noticed.length > 1 ? `, and ${noticed.length - 1} more` : "";
  return `✓ ${what}\n    ${first.title} (${first.file})${others}`;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.log(`${error.message}\n\n0 passed, 1 failed`);
  process.exitCode = 1;
} finally {
  rmSync(workDir, { recursive: true, force: true });
}
