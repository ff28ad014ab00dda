// All gates, in the order in which they are asked and reported. The list is literal: reading it is knowing it.

import { allMServersAnswerAndOneLeads } from "./all-mservers-answer-and-one-leads";
import { autoFlagsNeedOneVersion } from "./autoflags-need-one-version";
import { catalogUpgradeIsSupported } from "./catalog-upgrade-is-supported";
import { clocksAgree } from "./clocks-agree";
import { clusterIsSettled } from "./cluster-is-settled";
import { dataIsOutsideEveryRelease } from "./data-is-outside-every-release";
import { disksHaveRoom } from "./disks-have-room";
import { everyFollowerIsCurrent } from "./every-follower-is-current";
import { everyServerOfTheClusterIsDeclared } from "./every-server-of-the-cluster-is-declared";
import { everyTileKeepsAMajority } from "./every-tile-keeps-a-majority";
import { everyXdcrLinkIsDeclared } from "./every-xdcr-link-is-declared";
import { extensionsAreInTheNewRelease } from "./extensions-are-in-the-new-release";
import type { Gate } from "./gate";
import { leaderMServerGoesLast } from "./leader-mserver-goes-last";
import { memoryIsAvailable } from "./memory-is-available";
import { mserverMajoritySurvivesThisStop } from "./mserver-majority-survives-this-stop";
import { mserversAreNewBeforeDBServers } from "./mservers-are-new-before-dbservers";
import { noActIsUnderWay } from "./no-act-is-under-way";
import { noDBServerIsDown } from "./no-dbserver-is-down";
import { noTileIsLeaderless } from "./no-tile-is-leaderless";
import { noTileIsUnderReplicated } from "./no-tile-is-under-replicated";
import { processIsSeenOnItsHost } from "./process-is-seen-on-its-host";
import { processesOutliveTheLogin } from "./processes-outlive-the-login";
import { promotedFlagsExistInTheNewRelease } from "./promoted-flags-exist-in-the-new-release";
import { releaseIsStagedOnEveryHost } from "./release-is-staged-on-every-host";
import { xdcrIsPaused } from "./xdcr-is-paused";
import { xdcrPauseFitsTheRetention } from "./xdcr-pause-fits-the-retention";

export const gates: readonly Gate[] = [
  releaseIsStagedOnEveryHost,
  processIsSeenOnItsHost,
  noActIsUnderWay,
  everyServerOfTheClusterIsDeclared,
  extensionsAreInTheNewRelease,
  dataIsOutsideEveryRelease,
  promotedFlagsExistInTheNewRelease,
  catalogUpgradeIsSupported,
  disksHaveRoom,
  memoryIsAvailable,
  clocksAgree,
  processesOutliveTheLogin,
  everyXdcrLinkIsDeclared,
  xdcrPauseFitsTheRetention,
  xdcrIsPaused,
  allMServersAnswerAndOneLeads,
  clusterIsSettled,
  mserverMajoritySurvivesThisStop,
  leaderMServerGoesLast,
  mserversAreNewBeforeDBServers,
  noDBServerIsDown,
  noTileIsLeaderless,
  noTileIsUnderReplicated,
  everyFollowerIsCurrent,
  everyTileKeepsAMajority,
  autoFlagsNeedOneVersion,
];
