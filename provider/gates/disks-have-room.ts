// Gate: every host has room for twice the unpacked release, so that logs and WAL can grow while two releases lie there.

import { open, stop, wait } from "../model/verdict";
import type { Gate } from "./gate";

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

export const disksHaveRoom: Gate = {
  id: "disks_have_room",
  before: ["check_start"],
  ask({ inventory }) {
    for (const { node, facts, details } of inventory.hosts) {
      if (!facts.known) return wait(`how much room ${node} has is not known: ${facts.why}.`);
      if (!details.known) return wait(`how large the release on ${node} is is not known: ${details.why}.`);
      const disk = facts.value.disks[0];
      const { releaseBytes } = details.value;
      if (disk === undefined || releaseBytes === undefined) return wait(`how much room ${node} has is not known.`);
      if (disk.availableBytes < 2 * releaseBytes)
        return stop(
          `${disk.measured} on ${node} has ${gigabytes(disk.availableBytes)} left; twice the release is ${gigabytes(2 * releaseBytes)}.`,
          "Free some space there, then run `pulumi up`.",
        );
    }
    return open;
  },
};
