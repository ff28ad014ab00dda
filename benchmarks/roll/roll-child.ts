// One roll of the product in a process of its own, so that processor time and memory are the product's and nobody else's.

import { provider } from "../../provider/dynamic";
import type { ChildAnswer, ChildOrder } from "./product-roll";

process.once("message", async (order: ChildOrder) => {
  const startedAtMs = Date.now();
  const failure = await provider.update(order.id, order.olds, order.news).then(
    () => undefined,
    (error: Error & { reasons?: string[] }) => error.reasons?.[0] ?? error.message,
  );
  const endedAtMs = Date.now();
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const answer: ChildAnswer = {
    failure,
    startedAtMs,
    endedAtMs,
    cpuMs: (userCPUTime + systemCPUTime) / 1000,
    memoryKb: maxRSS,
  };
  process.send?.(answer, () => process.disconnect());
});
