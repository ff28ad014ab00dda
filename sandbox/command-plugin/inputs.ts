// What a `command:remote:Command` accepts: exactly the inputs that `@pulumi/command` declares (a test compares them).

import { z } from "zod";
import { isRecord, UNKNOWN } from "./property-values";

const endpoint = {
  host: z.string(),
  user: z.string().default("root"),
  port: z.number().int().default(22),
  password: z.string().optional(),
  privateKey: z.string().optional(),
  privateKeyPassword: z.string().optional(),
  hostKey: z.string().optional(),
  agentSocketPath: z.string().optional(),
  dialErrorLimit: z.number().int().min(-1).default(10),
  perDialTimeout: z.number().min(0).default(15),
};

const proxyConnection = z.strictObject(endpoint);
const connection = z.strictObject({ ...endpoint, proxy: proxyConnection.optional() });

const remoteCommand = z.strictObject({
  connection,
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  stdin: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  triggers: z.array(z.unknown()).optional(),
  logging: z.enum(["stdout", "stderr", "stdoutAndStderr", "none"]).default("stdoutAndStderr"),
  addPreviousOutputInEnv: z.boolean().default(true),
});

export type Endpoint = z.output<typeof proxyConnection>;
export type Connection = z.output<typeof connection>;
export type RemoteCommand = z.output<typeof remoteCommand>;

/** The input names of each declared type, for the comparison with the type declarations. */
export const ACCEPTED_INPUTS = {
  CommandArgs: Object.keys(remoteCommand.shape),
  ConnectionArgs: Object.keys(connection.shape),
  ProxyConnectionArgs: Object.keys(proxyConnection.shape),
} as const;

export function parseRemoteCommand(plainInputs: unknown): RemoteCommand {
  return remoteCommand.parse(plainInputs);
}

/** What is wrong with the inputs, each with its path and never with the value: it may be a secret. */
export function checkRemoteCommand(plainInputs: unknown): string[] {
  const result = remoteCommand.safeParse(plainInputs);
  if (result.success) return [];
  return result.error.issues
    .filter((issue) => !isUnknownOnPath(plainInputs, issue.path))
    .map((issue) => `${issue.path.map(String).join(".") || "inputs"}: ${issue.message}`);
}

function isUnknownOnPath(inputs: unknown, path: readonly PropertyKey[]): boolean {
  let value = inputs;
  for (const key of path) {
    if (value === UNKNOWN) return true;
    value = isRecord(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined;
  }
  return value === UNKNOWN;
}
