// The lease as `pulumi-bmdb lease show` prints it: one line a host, and what follows from them.

import { describeOwner, type LeaseRecord, type LeaseText } from "../model/lease-record";

export interface LeaseView {
  readonly answers: ReadonlyMap<string, LeaseText | { readonly failed: string }>;
}

export function renderLease(
  names: readonly string[],
  view: LeaseView,
  seen: { readonly isRenewed: boolean; readonly watchedMs: number },
): string {
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `${name.padEnd(width)}  ${renderAnswer(view.answers.get(name))}`);
  return [...lines, "", ...conclude(names, view, seen)].join("\n");
}

function renderAnswer(answer: LeaseText | { readonly failed: string } | undefined): string {
  if (answer === undefined) return "not asked";
  if ("failed" in answer) return `not reached: ${answer.failed}`;
  if (answer.text === "") return "nothing lies there";
  if (answer.record === undefined) return "what lies there cannot be read";
  const { state, epoch, beat, termMs, owner } = answer.record;
  const whose = `${describeOwner(owner)}, run ${owner.runId}, since ${owner.since} by its own clock`;
  return `${state}  epoch ${epoch}  ${state === "held" ? `renewal ${beat}  term ${termMs / 1000} s  ` : "last: "}${whose}`;
}

function conclude(
  names: readonly string[],
  view: LeaseView,
  { isRenewed, watchedMs }: { readonly isRenewed: boolean; readonly watchedMs: number },
): string[] {
  const held = names.flatMap((name): LeaseRecord[] => {
    const answer = view.answers.get(name);
    return answer && "record" in answer && answer.record?.state === "held" ? [answer.record] : [];
  });
  const latest = held.reduce<LeaseRecord | undefined>(
    (most, each) => (most === undefined || each.epoch > most.epoch ? each : most),
    undefined,
  );
  if (latest === undefined) return ["Nobody holds the lease on the hosts that answered."];
  const count = held.filter((each) => each.epoch === latest.epoch).length;
  const seconds = Math.round(watchedMs / 1000);
  return [
    `Held by ${describeOwner(latest.owner)} on ${count} of ${names.length} hosts.`,
    ...(isRenewed
      ? [`Its owner lives: it was renewed within ${seconds} s.`]
      : watchedMs > 0
        ? [`It was not renewed for ${seconds} s; after ${latest.termMs / 1000} s the next \`pulumi up\` takes it over.`]
        : []),
  ];
}
