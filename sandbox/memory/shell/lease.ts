// The commands of the lease. Their first line says all there is to know; the rest of the text is how a real host does it.

import { type MemoryHost, STATE_DIR } from "../memory-host";
import { readWords, UnknownCommand } from "./words";

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const LEASE = `${STATE_DIR}/lease`;
const answer = (stdout: string, code = 0, stderr = ""): Answer => ({ code, stdout, stderr });
const identityOf = (record: string): string => record.split(" ").slice(0, 3).join(" ");

/** Undefined: this is no command of the lease. */
export function runLease(host: MemoryHost, command: string): Answer | undefined {
  const head = /^: lease (read|take|raise|release)(?: (.*))?$/m.exec(command.slice(0, 2000).split("\n", 1)[0] ?? "");
  if (head === null) return undefined;
  const [first = "", second = "", third = ""] = readWords(head[2] ?? "");
  const now = host.files.get(LEASE) ?? "";
  const epoch = Number(/^[a-z]* (\d+) /.exec(now)?.[1] ?? "0");
  switch (head[1]) {
    case "read":
      return answer(now);
    case "take":
      return write(host, second, now === first);
    case "raise":
      return write(host, second, epoch <= Number(first) && identityOf(now) !== third);
    case "release":
      return write(host, second, identityOf(now) === first);
    default:
      throw new UnknownCommand("this command of the lease", command);
  }
}

function write(host: MemoryHost, record: string, isAllowed: boolean): Answer {
  if (isAllowed && !host.write(LEASE, record)) return answer("", 74, "No space left on device");
  return answer(`${isAllowed ? "written" : "kept"}\n${host.files.get(LEASE) ?? ""}`);
}

const GUARD =
  /^: lease guard ('[^']*')\n\[ "\$\(cut -d " " -f 1-3 "\$HOME\/\.pulumi-bmdb\/lease" 2>\/dev\/null\)" = ('[^']*') \] \|\| \{ echo "lease: refused, here is \$\(head -n 1 "\$HOME\/\.pulumi-bmdb\/lease" 2>\/dev\/null \| tr -cd " -~"\)" >&2; exit 76; \}\n/;

/**
 * A command without the guard that it repeats behind its standard input, and the refusal of that one. In memory both
 * arrive at once.
 */
export function passInnerGuard(host: MemoryHost, command: string): { rest: string; refusal: Answer | undefined } {
  const at = command.indexOf("\n: lease guard ") + 1;
  if (at === 0) return { rest: command, refusal: undefined };
  const { rest, refusal } = passGuard(host, command.slice(at));
  return { rest: `${command.slice(0, at)}${rest}`, refusal };
}

/** What is behind the guard of a command, or the refusal of it. */
export function passGuard(host: MemoryHost, command: string): { rest: string; refusal: Answer | undefined } {
  const match = GUARD.exec(command);
  if (match === null) {
    if (command.startsWith(": lease guard")) throw new UnknownCommand("this guard of the lease", command);
    return { rest: command, refusal: undefined };
  }
  if (match[1] !== match[2]) throw new UnknownCommand("a guard that compares something else", command);
  const now = host.files.get(LEASE) ?? "";
  const [identity] = readWords(match[1] ?? "");
  const refusal = identityOf(now) === identity ? undefined : answer("", 76, `lease: refused, here is ${now}\n`);
  return { rest: command.slice(match[0].length), refusal };
}
