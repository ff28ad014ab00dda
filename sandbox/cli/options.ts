import { InvalidArgumentError, Option } from "commander";

export const dirOption = (): Option =>
  new Option("--dir <path>", "where the sandbox lives").default(".pulumi-bmdb/sandbox");

export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 200)
    throw new InvalidArgumentError("a whole number from 1 to 200");
  return count;
}

export function parseFactor(text: string): number {
  const factor = Number(text);
  if (!(factor > 0 && factor <= 10)) throw new InvalidArgumentError("a number above 0 and at most 10; 1 is real time");
  return factor;
}

export function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (!Number.isInteger(seconds) || seconds < 1) throw new InvalidArgumentError("a whole number of seconds, 1 or more");
  return seconds;
}
