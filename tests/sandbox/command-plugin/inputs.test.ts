import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import ts from "typescript";
import { ACCEPTED_INPUTS, checkRemoteCommand } from "../../../sandbox/command-plugin/inputs";
import { UNKNOWN } from "../../../sandbox/command-plugin/property-values";

const packageDir = dirname(createRequire(__filename).resolve("@pulumi/command/package.json"));

/** The property names of an interface in a declaration file, wherever it is nested. */
function readDeclaredNames(file: string, interfaceName: string): string[] {
  const path = join(packageDir, file);
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node) && node.name.text === interfaceName) {
      names.push(...node.members.map((member) => member.name?.getText(source) ?? ""));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return names.sort();
}

describe("the stand-in accepts exactly the inputs that @pulumi/command declares", () => {
  it.each([
    ["remote/command.d.ts", "CommandArgs"],
    ["types/input.d.ts", "ConnectionArgs"],
    ["types/input.d.ts", "ProxyConnectionArgs"],
  ] as const)("%s: %s", (file, name) => {
    expect([...ACCEPTED_INPUTS[name]].sort()).toEqual(readDeclaredNames(file, name));
  });
});

describe("checking inputs", () => {
  it("names every wrong one by its path and never by its value", () => {
    const problems = checkRemoteCommand({
      connection: { host: 5, privateKey: ["a secret"], prot: 22 },
      create: "true",
    });
    expect(problems.map((problem) => problem.split(":")[0])).toEqual(
      expect.arrayContaining(["connection.host", "connection.privateKey", "connection"]),
    );
    expect(problems.join()).not.toContain("a secret");
  });

  it("lets values pass that are not known yet", () => {
    expect(checkRemoteCommand({ connection: UNKNOWN, create: "true" })).toEqual([]);
    expect(checkRemoteCommand({ connection: { host: UNKNOWN, port: UNKNOWN }, environment: UNKNOWN })).toEqual([]);
  });

  it("wants a connection", () => {
    expect(checkRemoteCommand({ create: "true" })).toHaveLength(1);
  });
});
