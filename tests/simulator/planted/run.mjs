// Does the simulator notice? Each patch in this folder plants one bug into a copy of the product, and the simulation has to
// break a rule within so many upgrades, at a seed at which the product without it breaks none. Prints which rule it was and how
// many upgrades it took; the last line is `N found, N not found`. `npm run simulate:planted -- WORD…` takes those with a word in
// their name.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { transformSync } from "@swc/core";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../..");
const COUNT_MAX = 3000;
const SEED = 1;
const only = process.argv.slice(2);

/** A copy of what is compiled, with the patched sources compiled over it. */
function plant(patch, dir) {
  for (const folder of ["provider", "sandbox", "tests/simulator", "tests/support"])
    cpSync(join(root, "dist", folder), join(dir, "dist", folder), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  const files = [...readFileSync(patch, "utf8").matchAll(/^\+\+\+ b\/(.*)$/gm)].map(([, file]) => file);
  for (const file of files) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    cpSync(join(root, file), join(dir, file));
  }
  execFileSync("git", ["apply", "-C1", patch], { cwd: dir, stdio: "pipe" });
  for (const file of files) {
    const { code } = transformSync(readFileSync(join(dir, file), "utf8"), {
      filename: file,
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
      module: { type: "commonjs" },
    });
    writeFileSync(join(dir, "dist", file.replace(/\.ts$/, ".js")), code);
  }
}

/** The first rule that is broken; a seed that breaks one without the bug does not count. */
async function hunt(dir) {
  for (let first = SEED; first < SEED + COUNT_MAX; ) {
    const found = await simulateFrom(dir, first, SEED + COUNT_MAX - first);
    if (found === undefined) return undefined;
    const without = await simulateFrom(root, found.seed, 1);
    if (without === undefined) return { ...found, count: found.seed - SEED + 1 };
    console.log(`  seed ${found.seed} breaks a rule without any planted bug: ${without.rule}`);
    first = found.seed + 1;
  }
  return undefined;
}

function simulateFrom(dir, seed, count) {
  return new Promise((resolve, reject) => {
    const main = join(dir, "dist/tests/simulator/planted/hunt-main.js");
    const child = spawn(process.execPath, [main, String(count), String(seed)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const output = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.on("close", (code) => {
      if (code !== 0) reject(new Error(`the simulation could not be run (${code})`));
      else resolve(output.length > 0 ? JSON.parse(Buffer.concat(output).toString()) : undefined);
    });
  });
}

const patches = readdirSync(here).filter((name) => name.endsWith(".patch"));
const chosen = patches.filter((name) => only.length === 0 || only.some((word) => name.includes(word)));
const result = { found: 0, not: 0 };
const workers = Number(process.env.BMDB_PLANTED_WORKERS ?? 2);

async function work() {
  for (let name = chosen.shift(); name !== undefined; name = chosen.shift()) {
    const title = name.replace(/\.patch$/, "").replaceAll("-", " ");
    const dir = mkdtempSync(join(tmpdir(), "bmdb-planted-"));
    try {
      plant(join(here, name), dir);
      const found = await hunt(dir);
      if (found === undefined) console.log(`✕ ${title}: not found in ${COUNT_MAX} upgrades`);
      else console.log(`✓ ${title}: found after ${found.count} upgrades (${found.rule}: ${found.text.slice(0, 160)})`);
      result[found === undefined ? "not" : "found"]++;
    } catch (error) {
      console.log(`✕ ${title}: ${error.stderr ? `the patch does not fit any more: ${error.stderr}` : error.message}`);
      result.not++;
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  }
}

await Promise.all(Array.from({ length: workers }, work));
console.log(`\n${result.found} found, ${result.not} not found`);
process.exitCode = result.not > 0 ? 1 : 0;
