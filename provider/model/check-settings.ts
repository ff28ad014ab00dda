// Rules between the remaining settings: names that must exist elsewhere, keys of maps, limits that fit together.

import { checkXdcr } from "./check-xdcr";
import { DEFAULTS } from "./default-values";
import { didYouMean } from "./did-you-mean";
import type { Problem } from "./explain-issues";
import { environmentName, isVersion } from "./input-rules";
import type { InputsView, NodeView } from "./inputs-view";
import { parseDuration } from "./parse-duration";
import { isName, shown } from "./plain-word";

export function checkSettings(view: InputsView, nodes: readonly NodeView[] | undefined): Problem[] {
  return [
    ...(nodes === undefined ? [] : bmAdminHost(view, nodes)),
    ...releaseVersions(view),
    ...environmentNames(view),
    ...certificateWithoutTls(view),
    ...pollSlowerThanLimits(view),
    ...leaseTooShort(view),
    ...checkXdcr(view, nodes),
  ];
}

function bmAdminHost(view: InputsView, nodes: readonly NodeView[]): Problem[] {
  const wanted = view.text("bmAdmin", "host");
  if (wanted === undefined || !isName(wanted)) return [];
  const path = ["bmAdmin", "host"];
  const node = nodes.find(({ name }) => name === wanted);
  if (node === undefined) {
    const names = nodes.flatMap(({ name }) => (name === undefined ? [] : [name]));
    if (names.length < nodes.length) return [];
    return [{ path, why: `${shown(wanted)} is not the name of a node${didYouMean(wanted, names)}` }];
  }
  if (node.roles === undefined || node.roles.includes("mserver")) return [];
  return [{ path, why: `${shown(wanted)} has no MServer; bm-admin is run on a host that has one` }];
}

function releaseVersions(view: InputsView): Problem[] {
  return view
    .keys("release", "sha256")
    .filter((version) => !isVersion(version))
    .map((version) => ({ path: ["release", "sha256", version], why: "the name is not a version, like 2.18.0.0" }));
}

function environmentNames(view: InputsView): Problem[] {
  return ["mserver", "dbserver"].flatMap((role) =>
    view.keys("process", role, "environment").flatMap((name) => {
      const why = environmentName(name);
      return why === undefined ? [] : [{ path: ["process", role, "environment", name], why }];
    }),
  );
}

function certificateWithoutTls(view: InputsView): Problem[] {
  if (view.text("adminUi", "ca") === undefined) return [];
  const scheme = view.isAbsent("adminUi", "scheme") ? DEFAULTS.adminUiScheme : view.text("adminUi", "scheme");
  if (scheme !== "http") return [];
  return [{ path: ["adminUi", "ca"], why: 'has no effect over http; set adminUi.scheme to "https"' }];
}

/** A limit that ends before the second look at the cluster would fail a healthy roll. */
function pollSlowerThanLimits(view: InputsView): Problem[] {
  const poll = msOr(view, DEFAULTS.pollInterval, "policy", "pollInterval");
  if (poll === undefined) return [];
  return (["start", "return", "gate"] as const).flatMap((limit) => {
    const ms = msOr(view, DEFAULTS.timeouts[limit], "policy", "timeouts", limit);
    return ms === undefined || ms >= poll
      ? []
      : [
          {
            path: ["policy", "timeouts", limit],
            why: "is shorter than policy.pollInterval, so nothing could be seen in time",
          },
        ];
  });
}

const LEASE_MS_MIN = 3_000;

/** It is renewed every third of its term, over ssh. */
function leaseTooShort(view: InputsView): Problem[] {
  const ms = view.ms("policy", "timeouts", "lease");
  if (ms === undefined || ms <= 0 || ms >= LEASE_MS_MIN) return [];
  return [{ path: ["policy", "timeouts", "lease"], why: "is too short to be renewed in time; at least 3 s" }];
}

function msOr(view: InputsView, fallback: string, ...path: PropertyKey[]): number | undefined {
  if (!view.isAbsent(...path)) return view.ms(...path);
  const duration = parseDuration(fallback);
  return duration.ok ? duration.value : undefined;
}
