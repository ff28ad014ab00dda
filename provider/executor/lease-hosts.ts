// The lease's commands, sent to hosts. What a host answers is told apart here, and nothing is decided.

import { isBmdbError } from "../errors/bmdb-error";
import { cleanLine } from "../errors/clean-output";
import type { LeaseReading } from "../lease/judge-lease";
import {
  buildRaiseLease,
  buildReadLease,
  buildReleaseLease,
  buildReplaceLease,
  buildTakeLease,
  parseWriteAnswer,
  type WriteAnswer,
} from "../lease/lease-commands";
import { type LeaseRecord, type LeaseText, parseRecord } from "../model/lease-record";
import type { Clock, Shell } from "../ports";

export interface LeasePorts {
  readonly shell: Shell;
  readonly clock: Clock;
}

export interface HostFailure {
  readonly failed: string;
  readonly error: unknown;
}

const explain = (error: unknown): HostFailure => ({
  failed: cleanLine(isBmdbError(error) ? error.text.what : error instanceof Error ? error.message : String(error)),
  error,
});

async function readLease(shell: Shell, node: string, timeoutMs: number): Promise<LeaseText | HostFailure> {
  try {
    const result = await shell.run(node, buildReadLease(), { timeoutMs });
    return result.code === 0
      ? parseRecord(result.stdout)
      : explain(new Error(result.stderr || "the record cannot be read"));
  } catch (error) {
    return explain(error);
  }
}

/** All at once; one that does not answer is part of the reading. */
export async function readLeases(
  { shell, clock }: LeasePorts,
  nodes: readonly string[],
  timeoutMs: number,
): Promise<LeaseReading & { readonly answers: ReadonlyMap<string, LeaseText | HostFailure> }> {
  const sentAtMs = clock.monotonicMs();
  const answers = await Promise.all(
    nodes.map(async (node) => [node, await readLease(shell, node, timeoutMs)] as const),
  );
  return { sentAtMs, answeredAtMs: clock.monotonicMs(), answers: new Map(answers) };
}

async function write(
  shell: Shell,
  node: string,
  command: string,
  timeoutMs: number,
): Promise<WriteAnswer | HostFailure> {
  try {
    const result = await shell.run(node, command, { timeoutMs });
    return parseWriteAnswer(result) ?? explain(new Error(result.stderr || `exit code ${result.code}`));
  } catch (error) {
    return explain(error);
  }
}

export const takeLease = (shell: Shell, node: string, expected: string, wanted: LeaseRecord, timeoutMs: number) =>
  write(shell, node, buildTakeLease(expected, wanted), timeoutMs);

export const raiseLease = (shell: Shell, node: string, wanted: LeaseRecord, timeoutMs: number) =>
  write(shell, node, buildRaiseLease(wanted), timeoutMs);

export const replaceLease = (shell: Shell, node: string, shown: string, wanted: LeaseRecord, timeoutMs: number) =>
  write(shell, node, buildReplaceLease(shown, wanted), timeoutMs);

/** Also where it was perhaps never written. */
export const releaseLease = (shell: Shell, node: string, held: LeaseRecord, timeoutMs: number) =>
  write(shell, node, buildReleaseLease({ ...held, state: "free" }), timeoutMs);
