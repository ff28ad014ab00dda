// bm-admin's command line: gflags anywhere before or after the operation, with one or two dashes.

export interface AdminArguments {
  readonly mservers: readonly string[];
  /** Only one MServer is given; the others are to be discovered. */
  readonly isInit: boolean;
  readonly timeoutMs: number;
  readonly excludeDead: boolean;
  readonly operation: string | undefined;
  readonly operands: readonly string[];
}

const VALUE_FLAGS = ["mserver_addresses", "init_mserver_addrs", "timeout_ms", "certs_dir_name", "client_node_name"];
const BOOLEAN_FLAGS = ["exclude_dead"];

/** Raises an Error with the text for stderr. */
export function parseAdminArguments(args: readonly string[]): AdminArguments {
  const values = new Map<string, string>();
  const words: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    const match = /^--?([A-Za-z][\w-]*)(?:=([\s\S]*))?$/.exec(arg);
    if (match === null) {
      words.push(arg);
      continue;
    }
    const name = (match[1] ?? "").replaceAll("-", "_");
    if (BOOLEAN_FLAGS.includes(name)) values.set(name, match[2] ?? "true");
    else if (VALUE_FLAGS.includes(name)) {
      const value = match[2] ?? args[++i];
      if (value === undefined) throw new Error(`ERROR: flag '${name}' is missing its argument`);
      values.set(name, value);
    } else throw new Error(`ERROR: unknown command line flag '${name}'`);
  }
  const timeoutMs = Number(values.get("timeout_ms") ?? "60000");
  if (!Number.isInteger(timeoutMs) || timeoutMs <= 0) {
    throw new Error(`ERROR: illegal value '${values.get("timeout_ms")}' specified for int64 flag 'timeout_ms'`);
  }
  const init = values.get("init_mserver_addrs");
  const addresses = init ?? values.get("mserver_addresses") ?? "localhost:11000";
  const [operation, ...operands] = words;
  return {
    mservers: addresses.split(",").map(withPort),
    isInit: init !== undefined,
    timeoutMs,
    excludeDead: values.get("exclude_dead") === "true",
    operation,
    operands,
  };
}

function withPort(address: string): string {
  const trimmed = address.trim();
  return trimmed.includes(":") ? trimmed : `${trimmed}:11000`;
}
