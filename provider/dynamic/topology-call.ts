// What the two resources of a topology have in common at the border: their inputs, and how an operation gets to the clusters.

import { inputInvalid } from "../errors/catalog";
import { parseTopology } from "../model/parse-topology";
import type { DesiredTopology } from "../model/topology";
import type { TopologySession } from "../topology-engine";
import { contextOf, stableJson, stackOf } from "./call-context";
import { beginOperation, type Operation } from "./cancel";
import { connectEngineLog, createEngineSink, type FlushableSink } from "./engine-log";
import { longestWayMs } from "./longest-way";
import { plainError } from "./operations";

export type Props = Record<string, unknown>;

export const TOPOLOGY_KEYS = ["clusters", "links", "external", "parallelClusters", "lagTimeout"] as const;

export const pickTopology = (props: Readonly<Props>): Props =>
  Object.fromEntries(TOPOLOGY_KEYS.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));

export const isChanged = (key: string, olds: Readonly<Props>, news: Readonly<Props>): boolean =>
  stableJson(olds[key] ?? null) !== stableJson(news[key] ?? null);

export function parse(inputs: Props): DesiredTopology {
  const parsed = parseTopology(pickTopology(inputs));
  if ("desired" in parsed) return parsed.desired;
  throw plainError(inputInvalid([...parsed.problems]));
}

/** Gives `work` a session, hands every line to the engine, and says at the end that nothing runs any more. Errors come out without a stack. */
export async function operate<T>(
  inputs: Props,
  work: (session: TopologySession, sink: FlushableSink, watch: Operation["watch"]) => Promise<T>,
): Promise<T> {
  const topology = parse(inputs);
  const urn = contextOf(inputs)?.urn;
  const sink = createEngineSink(urn, connectEngineLog(), () => Date.now());
  const longest = topology.members.map(({ desired }) => longestWayMs(desired));
  const operation = beginOperation(longest.reduce((sum, ms) => sum + ms, 0));
  const session = { topology, sink, signal: operation.signal, workingDirectory: process.cwd(), stack: stackOf(urn) };
  try {
    return await work(session, sink, operation.watch);
  } catch (error) {
    throw plainError(error);
  } finally {
    await sink.flush();
    operation.end();
  }
}

/** No `undefined` in it: one would lose the whole answer, after the work was done. */
export const clean = (props: Props): Props => JSON.parse(JSON.stringify(props)) as Props;
