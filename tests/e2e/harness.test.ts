import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { createPulumiEnv, createPulumiStack, REPO_ROOT, runPulumi, type TestStack } from "./harness";

class Greeting extends pulumi.ComponentResource {
  readonly text: pulumi.Output<string>;

  constructor(name: string, args: { whom: pulumi.Input<string> }) {
    super("bmdb:test:Greeting", name);
    this.text = pulumi.interpolate`hello ${args.whom}`;
    this.registerOutputs({ text: this.text });
  }
}

async function greet() {
  const config = new pulumi.Config();
  void pulumi.log.info("a line\nand another", undefined, undefined, false);
  return { text: new Greeting("greeting", { whom: config.require("whom") }).text };
}

describe("a stack of an inline program on the real engine", () => {
  let stack: TestStack;

  beforeAll(async () => {
    stack = await createPulumiStack({ program: greet, config: { whom: "world" } });
  });

  afterAll(() => stack.remove());

  it("previews, runs, has no changes the second time, and is destroyed", async () => {
    const preview = await stack.preview();
    expect(preview).toMatchObject({ isOk: true, changes: { create: 2 } });
    expect(await stack.exportState()).toEqual([]);

    const first = await stack.up();
    expect(first.isOk).toBe(true);
    expect(first.outputs["text"]?.value).toBe("hello world");
    expect(first.diagnostics.map(({ message }) => message)).toContain("a line\nand another");
    const state = await stack.exportState();
    expect(state.map(({ type }) => type)).toEqual(["pulumi:pulumi:Stack", "bmdb:test:Greeting"]);

    const second = await stack.up();
    expect(second).toMatchObject({ isOk: true, changes: { same: 2 } });

    const changed = await stack.up({ config: { whom: "you" } });
    expect(changed.outputs["text"]?.value).toBe("hello you");

    const destroyed = await stack.destroy();
    expect(destroyed).toMatchObject({ isOk: true, changes: { delete: 2 } });
  });

  it("keeps everything in its own directory", () => {
    expect(existsSync(join(stack.dir, "state", ".pulumi", "stacks"))).toBe(true);
    expect(stack.env["PULUMI_HOME"]).toBe(join(stack.dir, "home"));
  });
});

it("runs a TypeScript program with the plain CLI, the language host and the package's own name", async () => {
  const { dir, env, remove } = await createPulumiEnv();
  try {
    const project = join(dir, "project");
    mkdirSync(project);
    writeFileSync(
      join(project, "Pulumi.yaml"),
      "name: plain\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n",
    );
    writeFileSync(join(project, "index.js"), 'exports.answer = require("@pulumi/pulumi").output(42);\n');
    const modules = { ...env, NODE_PATH: join(REPO_ROOT, "node_modules") };

    const init = await runPulumi(["stack", "init", "dev"], { cwd: project, env: modules });
    expect(init).toMatchObject({ code: 0 });
    const up = await runPulumi(["up", "--yes", "--skip-preview"], { cwd: project, env: modules });
    expect(up.stdout + up.stderr).toContain("+ 1 created");
    const output = await runPulumi(["stack", "output", "answer"], { cwd: project, env: modules });
    expect(output.stdout.trim()).toBe("42");
    expect(readFileSync(join(project, "Pulumi.dev.yaml"), "utf8")).toContain("encryptionsalt");
  } finally {
    remove();
  }
});
