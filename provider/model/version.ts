// The order of BMDB releases. `2.18.0.0-b68` is newer than `2.18.0.0-b7`: builds are numbers, which no
// library for semantic versions takes them for. Versions stay texts everywhere else, as people write them.

export interface Version {
  readonly numbers: readonly [number, number, number, number];
  /** Undefined: whichever build. */
  readonly build: number | undefined;
}

// At most nine digits a part, so that every part is an exact number. No leading zeros: one spelling a version.
const PART = "(0|[1-9]\\d{0,8})";
const VERSION = new RegExp(`^${PART}\\.${PART}\\.${PART}\\.${PART}(?:-b${PART})?$`);

export function parseVersion(text: string): Version | undefined {
  const match = VERSION.exec(text);
  if (!match) return undefined;
  const part = (index: number): number => Number(match[index]);
  return {
    numbers: [part(1), part(2), part(3), part(4)],
    build: match[5] === undefined ? undefined : part(5),
  };
}

export function printVersion(version: Version): string {
  const release = version.numbers.join(".");
  return version.build === undefined ? release : `${release}-b${version.build}`;
}

/**
 * For sorting: negative when `a` is older. No build comes before any build; what is not a version comes after
 * all versions, in the order of its text. For "is this what was asked for?" use `isSameRelease`.
 */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (!left || !right) return left ? -1 : right ? 1 : compareTexts(a, b);
  for (const index of [0, 1, 2, 3] as const) {
    const difference = left.numbers[index] - right.numbers[index];
    if (difference !== 0) return difference;
  }
  return (left.build ?? -1) - (right.build ?? -1);
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Whether a process that runs `running` runs what `desired` asks for. A desired version without a build takes
 * any build; one with a build is met only by a process that tells the same build. Not a version: never.
 */
export function isSameRelease(desired: string, running: string): boolean {
  const wanted = parseVersion(desired);
  const seen = parseVersion(running);
  if (!wanted || !seen) return false;
  if (wanted.numbers.some((number, index) => number !== seen.numbers[index])) return false;
  return wanted.build === undefined || wanted.build === seen.build;
}

/** `2.18.0.0-b68` → `2.18.0.0`. What is not a version comes back unchanged. */
export function withoutBuild(text: string): string {
  const version = parseVersion(text);
  return version ? printVersion({ ...version, build: undefined }) : text;
}
