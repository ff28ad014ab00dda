import { describeStarter, findSupervisor } from "../../../provider/model/find-supervisor";
import { findFindings } from "../../../provider/planner/find-findings";
import { buildDesired, buildInventory, buildRunning, known } from "../../support/build-cluster";

const running = (unit: string | undefined, name = "systemd", pid = 1) =>
  buildRunning("mserver", "2.16.0.0-b1", { unit, parent: { pid, name } });

test.each([
  ["a unit of the product", running("bmdb-mserver.service"), "bmdb-mserver.service"],
  ["a unit, though its own parent is a shell", running("bmdb.service", "sh", 50), "bmdb.service"],
  ["a supervisor that is no unit", running(undefined, "supervisord", 77), "process 77 (supervisord)"],
  ["a supervisor under cron", running("cron.service", "runsv", 77), "process 77 (runsv)"],
])("%s is named", (_what, process, name) => {
  expect(findSupervisor(process, undefined)).toBe(name);
});

test.each([
  ["nobody: its starter is gone", running(undefined)],
  ["a person's shell", running(undefined, "bash", 50)],
  ["a login shell", running(undefined, "-bash", 50)],
  ["an ssh daemon without login sessions", running("ssh.service")],
  ["a user's service manager, by itself", running("user@1000.service")],
  ["cron, at boot", running("crond.service")],
  ["a container's first process", running(undefined, "tini", 7)],
])("%s is no supervisor", (_what, process) => {
  expect(findSupervisor(process, undefined)).toBeUndefined();
});

test("a unit that our own commands run in as well tells nothing", () => {
  expect(findSupervisor(running("agent.service"), "agent.service")).toBeUndefined();
  expect(findSupervisor(running("agent.service"), "other.service")).toBe("agent.service");
});

test("a parent that is not known is no supervisor", () => {
  expect(findSupervisor({ ...running(undefined), parent: undefined }, undefined)).toBeUndefined();
});

test("of a process that came back by itself everything is told", () => {
  expect(describeStarter(running("bmdb.service"))).toBe(
    "it belongs to bmdb.service; its parent is process 1 (systemd)",
  );
  expect(describeStarter(running(undefined, "sh", 9))).toBe("its parent is process 9 (sh)");
  expect(describeStarter({ ...running(undefined), parent: undefined })).toBe("its parent is not known");
});

describe("a preview", () => {
  const supervised = (more = {}) => {
    const desired = buildDesired({ more });
    const inventory = buildInventory(desired);
    const processes = inventory.processes.map((facts) =>
      facts.id.node === "db1" && facts.id.role === "mserver"
        ? { ...facts, running: known(running("bmdb-mserver.service")) }
        : facts,
    );
    return findFindings(desired, { ...inventory, processes }).filter((text) => text.includes("is run by"));
  };

  test("names what would bring the old binary back, before anything is stopped", () => {
    expect(supervised()).toEqual([
      "MServer db1 is run by bmdb-mserver.service: give process.mserver.start and process.mserver.stop, or it will bring the old binary back",
    ]);
  });

  test("does not where the program gives commands of its own", () => {
    expect(supervised({ process: { mserver: { start: "systemctl start x", stop: "systemctl stop x" } } })).toEqual([]);
    expect(supervised({ process: { mserver: { start: "systemctl start x" } } })).toHaveLength(1);
  });
});
