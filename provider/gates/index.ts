// All gates, in the order in which they are asked and reported. The list is literal: reading it is knowing it.

import { allMServersAnswerAndOneLeads } from "./all-mservers-answer-and-one-leads";
import { autoFlagsNeedOneVersion } from "./autoflags-need-one-version";
import { everyFollowerIsCurrent } from "./every-follower-is-current";
import { everyServerOfTheClusterIsDeclared } from "./every-server-of-the-cluster-is-declared";
import type { Gate } from "./gate";
import { leaderMServerGoesLast } from "./leader-mserver-goes-last";
import { mserverMajoritySurvivesThisStop } from "./mserver-majority-survives-this-stop";
import { mserversAreNewBeforeDBServers } from "./mservers-are-new-before-dbservers";
import { noDBServerIsDown } from "./no-dbserver-is-down";
import { noTileIsLeaderless } from "./no-tile-is-leaderless";
import { noTileIsUnderReplicated } from "./no-tile-is-under-replicated";
import { releaseIsStagedOnEveryHost } from "./release-is-staged-on-every-host";
import { xdcrIsPaused } from "./xdcr-is-paused";

export const gates: readonly Gate[] = [
  releaseIsStagedOnEveryHost,
  everyServerOfTheClusterIsDeclared,
  xdcrIsPaused,
  allMServersAnswerAndOneLeads,
  mserverMajoritySurvivesThisStop,
  leaderMServerGoesLast,
  mserversAreNewBeforeDBServers,
  noDBServerIsDown,
  noTileIsLeaderless,
  noTileIsUnderReplicated,
  everyFollowerIsCurrent,
  autoFlagsNeedOneVersion,
];
