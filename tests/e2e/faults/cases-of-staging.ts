// Troubles of the download and the unpacking, which only the staging commands of a stack meet.

import { NEW } from "../roll-driver";
import type { StoppingCase } from "./fault-case";

/** In this order: what stops every host comes first, since a host that is staged is not staged again. */
export const OF_STAGING: readonly StoppingCase[] = [
  {
    title: "the archive is damaged",
    faults: [{ kind: "corrupt_archive", release: NEW }],
    failure: {
      code: `staging release ${NEW} stopped`,
      what: [/the archive's sha256 is [0-9a-f]{64}; .+ says [0-9a-f]{64}/],
      left: /^Nothing was changed\./,
    },
  },
  {
    title: "the .sha256 beside the archive is wrong",
    faults: [{ kind: "wrong_sha256", release: NEW }],
    inputs: { release: { sha256: {} } },
    failure: {
      code: `staging release ${NEW} stopped`,
      what: [/the archive's sha256 is [0-9a-f]{64}; .+ says [0-9a-f]{64}/],
      left: /^Nothing was changed\./,
    },
  },
  {
    title: "a disk has no room for the archive",
    faults: [{ kind: "disk_full", host: "db1", only: "df" }],
    failure: {
      code: `staging release ${NEW} stopped`,
      what: [/\S+ has 0 MiB free; unpacking needs about \d+ MiB/],
      left: /^Nothing was changed\./,
    },
  },
  {
    title: "a disk runs full while the archive is unpacked",
    faults: [{ kind: "disk_full", host: "db1", only: "unpack" }],
    failure: {
      code: `staging release ${NEW} stopped`,
      what: [/the archive could not be unpacked: .*No space left on device/],
      left: /^Nothing was changed\./,
    },
  },
  {
    title: "post_install.sh fails on a host",
    faults: [{ kind: "post_install_fails", host: "db1" }],
    failure: {
      code: `staging release ${NEW} stopped`,
      what: [/bin\/post_install\.sh .+ in \/\S+softwarebm-2\.18\.0\.0/],
      left: /whole output is in/,
    },
  },
];
