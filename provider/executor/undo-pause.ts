// Takes back a pause of this very run: nothing was changed under it, so the link may run as it did before.

import { xdcrNotResumed } from "../errors/catalog";
import { linkId, linkName, type XdcrLink } from "../model/xdcr";
import { switchLink } from "../steps/switch-link";
import { removeRecord } from "./pause-record";
import type { Run } from "./run";

/** Raises `XdcrNotResumed`, and `LeaseLost`. */
export async function undoPause(run: Run, link: XdcrLink): Promise<undefined> {
  // The run was perhaps stopped: putting back what it did is not interrupted by that.
  const open: Run = { ...run, signal: new AbortController().signal };
  const outcome = await switchLink(open, link, "active");
  if (outcome.kind === "failed") throw xdcrNotResumed({ link: linkName(link), target: link.target, ...outcome });
  const record = run.linksPaused.get(linkId(link));
  if (record !== undefined) await removeRecord(open, link, record);
  run.linksPaused.delete(linkId(link));
  return undefined;
}
