// The names of all gates. In a file of their own, so that arguments can be checked against them without loading the gates.

/** Gates that a program may waive, each with a reason, in `policy.waive`. */
export const WAIVABLE_GATE_IDS = [
  "extensions_are_in_the_new_release",
  "data_is_outside_every_release",
  "disks_have_room",
  "memory_is_available",
  "clocks_agree",
  "processes_outlive_the_login",
  "cluster_is_settled",
  "no_dbserver_is_down",
  "no_tile_is_leaderless",
  "no_tile_is_under_replicated",
  "every_follower_is_current",
  "xdcr_pause_fits_the_retention",
] as const;

/** Gates that protect what cannot be given back: they hold whatever the program says (design rule 13). */
export const UNWAIVABLE_GATE_IDS = [
  "release_is_staged_on_every_host",
  "process_is_seen_on_its_host",
  "no_act_is_under_way",
  "every_server_of_the_cluster_is_declared",
  "promoted_flags_exist_in_the_new_release",
  "catalog_upgrade_is_supported",
  "every_xdcr_link_is_declared",
  "xdcr_is_paused",
  "all_mservers_answer_and_one_leads",
  "mserver_majority_survives_this_stop",
  "leader_mserver_goes_last",
  "mservers_are_new_before_dbservers",
  "every_tile_keeps_a_majority",
  "autoflags_need_one_version",
] as const;

export type WaivableGateId = (typeof WAIVABLE_GATE_IDS)[number];
export type GateId = WaivableGateId | (typeof UNWAIVABLE_GATE_IDS)[number];
