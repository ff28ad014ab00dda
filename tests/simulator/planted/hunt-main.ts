// Simulates until a rule is broken, and says after how many upgrades it was: for a product with a planted bug.

import { simulate } from "../simulate";

const [count = "0", seed = "0"] = process.argv.slice(2);

void (async () => {
  for (let done = 0; done < Number(count); done++) {
    const outcome = await simulate(Number(seed) + done);
    const [violation] = outcome.violations;
    if (violation === undefined) continue;
    const { rule, text } = violation;
    process.stdout.write(JSON.stringify({ count: done + 1, seed: outcome.seed, rule, text: text.split("\n")[0] }));
    return;
  }
})();
