// Pages that misbehave. A fault decides what becomes of a request; the page itself knows nothing of it.

import type { OrderedFaults } from "../cluster/ordered-faults";
import type { FaultOf, SandboxFault } from "../types";

const PAGE_KINDS = [
  "page_hangs",
  "page_error_with_200",
  "page_answers_503",
  "page_half_json",
  "page_of_other_cluster",
] as const;
type PageFault = FaultOf<(typeof PAGE_KINDS)[number]>;

export interface ListedFaults extends Pick<OrderedFaults, "takeTurn"> {
  look(): void;
  list(): readonly SandboxFault[];
}

/** Between operator and host only: the hosts reach each other. */
export const isCutOff = (faults: ListedFaults): boolean => faults.list().some(({ kind }) => kind === "network_cut");

/** The fault that this request meets, if any; it takes one of the fault's turns. */
export function meetPageFault(faults: ListedFaults, pathname: string): PageFault | undefined {
  return faults
    .list()
    .filter(isPageFault)
    .filter(({ path }) => path === undefined || path === pathname)
    .find((fault) => fault.times === undefined || faults.takeTurn(fault, fault.times));
}

function isPageFault(fault: SandboxFault): fault is PageFault {
  return PAGE_KINDS.some((kind) => kind === fault.kind);
}

/** The error that BMDB 2.17 has for a page: JSON here and there without its closing brace, HTML elsewhere. */
export function renderPageError(pathname: string): string {
  const status =
    "Service unavailable (bm/master/catalog_manager.cc:1245): Catalog manager is not initialized. State: 1";
  switch (pathname) {
    case "/":
    case "/masters":
      return `<h1>Unable to list Masters: ${status}</h1>`;
    case "/tile-servers":
    case "/tablet-servers":
    case "/cluster-config":
      return `<div class="alert alert-warning">${status}</div>`;
    case "/api/v1/masters":
      return "{}";
    case "/api/v1/tablet-servers":
    case "/api/v1/tile-servers":
    case "/api/v1/health-check":
      return `{"error":${JSON.stringify(status)}`;
    case "/api/v1/tablet-under-replication":
      return `{"Error":${JSON.stringify(status)}}`;
    default:
      return pathname.startsWith("/api/")
        ? `{"error":${JSON.stringify(status)}}`
        : `<h2>Not found (bm/master/master-path-handlers.cc:2105): Unable to locate leader master to redirect this request: ${pathname}</h2>`;
  }
}

/** The same text with every uuid another one, each always the same other one. */
export function changeUuids(text: string): string {
  const shift = (digit: string): string => ((Number.parseInt(digit, 16) + 7) % 16).toString(16);
  return text.replace(/\b(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g, (uuid) =>
    uuid.replace(/[0-9a-f]/g, shift),
  );
}
