// Most pages say what they said a moment ago, and all processes of a release say the same of it: then they are not read again.
// What was read is not to be changed by anybody, as its types say.

import type { Parsed } from "../../model/fact";

/** How many different answers each parser remembers: flags and versions of the old release and of the new one, for both roles. */
const REMEMBERED_MAX = 4;

export function rememberLast<T>(parse: (body: string) => Parsed<T>): (body: string) => Parsed<T> {
  let last: readonly { readonly body: string; readonly read: Parsed<T> }[] = [];
  return (body) => {
    const known = last.find((each) => each.body === body);
    if (known !== undefined) return known.read;
    const read = parse(body);
    last = [{ body, read }, ...last.slice(0, REMEMBERED_MAX - 1)];
    return read;
  };
}
