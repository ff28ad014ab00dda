import { HOST_FACTS_BEGIN } from "../../../provider/inventory/host-facts-command";
import type { CommandResult, Shell } from "../../../provider/ports";
import { recordAllStarts } from "../../../provider/steps/record-start";
import { buildDesired, buildRunning } from "../../support/build-cluster";
import { buildRun, errorOf } from "../../support/build-run";
import { saying } from "../../support/fake-cluster";
import { renderHostFacts } from "../../support/host-facts-text";

const desired = buildDesired();
const both = renderHostFacts([buildRunning("mserver", "2.16.0.0-b1"), buildRunning("dbserver", "2.16.0.0-b1")]);
const none = renderHostFacts([]);

/** Nobody is answered before every host was asked. */
function createPatientShell(facts: (node: string) => string): { shell: Shell; written: string[] } {
  const written: string[] = [];
  const waiting: (() => void)[] = [];
  const answer = async (node: string, command: string): Promise<CommandResult> => {
    if (command.includes(HOST_FACTS_BEGIN)) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === desired.nodes.length) for (const go of waiting) go();
      });
      return saying(facts(node));
    }
    written.push(node);
    return saying("");
  };
  return { shell: { run: answer, close: async () => undefined }, written };
}

test("all hosts are asked at the same time, so that a large cluster waits no longer than a small one", async () => {
  const { shell, written } = createPatientShell(() => both);
  await recordAllStarts(buildRun({ desired, shell }));
  expect([...written].sort()).toEqual(["db1", "db1", "db2", "db2", "db3", "db3"]);
});

test("the trouble of one host is told only when the others are done", async () => {
  const { shell, written } = createPatientShell((node) => (node === "db2" ? none : both));
  const error = await errorOf(recordAllStarts(buildRun({ desired, shell })));
  expect(String(error)).toContain("db2");
  expect([...written].sort()).toEqual(["db1", "db1", "db3", "db3"]);
});
