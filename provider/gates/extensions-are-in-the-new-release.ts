// Gate: every PostgreSQL extension of the running release is in the new one too (spec I4).

import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";
import { nameSome } from "./name-some";

export const extensionsAreInTheNewRelease: Gate = {
  id: "extensions_are_in_the_new_release",
  before: ["check_start"],
  ask({ inventory }) {
    for (const host of inventory.hosts) {
      if (!host.details.known) return wait(`what is installed on ${host.node} is not known: ${host.details.why}.`);
      const { extensions, extensionsRunning } = host.details.value;
      const missing = extensionsRunning.filter((name) => !extensions.includes(name));
      if (missing.length > 0)
        return stop(
          `the new release on ${host.node} lacks ${missing.length === 1 ? "the extension" : "the extensions"} ${nameSome(missing)}, which the running one has.`,
          "Install it in the new release: give release.extensions, the command that does so; or waive this gate if no database uses it. Then run `pulumi up`.",
        );
    }
    return open;
  },
};
