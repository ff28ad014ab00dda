// Reads the interfaces of the arguments as a reader of the docstrings would: names, defaults, what is required.

import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";

export interface Argument {
  /** `nodes[].name`, `ssh.hosts.NODE.port` */
  readonly path: string;
  readonly isRequired: boolean;
  /** Text of `@default`. */
  readonly standard: string | undefined;
  readonly hasText: boolean;
}

const COMPONENTS = path.join(__dirname, "..", "..", "components");

export function readArguments(): Argument[] {
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  for (const file of fs.readdirSync(COMPONENTS).filter((name) => name.endsWith("-args.ts"))) {
    const text = fs.readFileSync(path.join(COMPONENTS, file), "utf8");
    ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true).forEachChild((node) => {
      if (ts.isInterfaceDeclaration(node)) interfaces.set(node.name.text, node);
    });
  }
  const root = interfaces.get("BmClusterArgs");
  if (root === undefined) throw new Error("there is no interface BmClusterArgs");
  return members(root.members, "");

  function members(list: ts.NodeArray<ts.TypeElement>, prefix: string): Argument[] {
    return list.filter(ts.isPropertySignature).flatMap((member) => {
      if (member.type === undefined) throw new Error(`${member.getText()} has no type`);
      const own = `${prefix}${member.name.getText()}`;
      const inner = expand(member.type, own);
      if (inner !== undefined) return inner;
      const docs = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
      const tag = ts.getJSDocTags(member).find((each) => each.tagName.text === "default");
      const standard = tag && ts.getTextOfJSDocComment(tag.comment);
      const hasText = docs.some((doc) => doc.comment !== undefined) || standard !== undefined;
      return [{ path: own, isRequired: member.questionToken === undefined, standard, hasText }];
    });
  }

  /** The arguments below a type, or undefined when it is a value. */
  function expand(type: ts.TypeNode, prefix: string): Argument[] | undefined {
    if (ts.isTypeLiteralNode(type)) return members(type.members, `${prefix}.`);
    if (ts.isArrayTypeNode(type)) return expand(type.elementType, `${prefix}[]`);
    if (!ts.isTypeReferenceNode(type)) return undefined;
    const name = type.typeName.getText();
    const [first, second] = type.typeArguments ?? [];
    if (name === "Input" && first !== undefined) return expand(first, prefix);
    if (name === "Record" && second !== undefined) return expand(second, `${prefix}.${nameOfKey(prefix)}`);
    const declaration = interfaces.get(name);
    return declaration && members(declaration.members, `${prefix}.`);
  }
}

export const nameOfKey = (prefix: string): string => (prefix === "ssh.hosts" ? "NODE" : "KEY");
