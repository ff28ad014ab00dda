// Pages that every process answers about itself.

import { escapeHtml, type Page } from "../answer-page";
import type { VersionMetadata } from "../release-files";
import type { ShownFlag } from "../varz";

export interface MetricEntity {
  readonly type: "server" | "tablet" | "cluster" | "cdc";
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
}

export interface DefaultPageFacts {
  readonly metadata: VersionMetadata;
  flags(): readonly ShownFlag[];
  metrics(): readonly MetricEntity[];
}

export function buildDefaultPages(facts: DefaultPageFacts): [string, Page][] {
  const { metadata } = facts;
  const version = JSON.stringify(metadata, null, 4);
  const plain = (text: string): ReturnType<Page> => ({ kind: "plain", text });
  const metrics: Page = ({ query }) =>
    plain(JSON.stringify(filterMetrics(facts.metrics(), query.get("metrics")), null, 4));
  const empty: Page = () => ({ kind: "styled", html: "" });
  return [
    ["/api/v1/version", () => plain(version)],
    [
      "/api/v1/version-info",
      () => {
        const {
          build_id,
          build_type,
          build_number,
          build_timestamp,
          build_username,
          version_number,
          build_hostname,
          git_hash,
        } = metadata;
        const info = {
          build_id,
          build_type,
          build_number,
          build_timestamp,
          build_username,
          version_number,
          build_hostname,
          git_revision: git_hash,
        };
        return plain(JSON.stringify(info));
      },
    ],
    ["/api/v1/varz", () => plain(renderFlagsJson(facts.flags()))],
    ["/varz", ({ query }) => ({ kind: "styled", html: renderVarz(facts.flags(), query.has("raw")) })],
    ["/metrics", metrics],
    ["/jsonmetricz", metrics],
    ["/prometheus-metrics", () => plain(renderPrometheus(facts.metrics()))],
    ["/status", () => plain(JSON.stringify({ version_info: metadata }))],
    ["/logs", empty],
    ["/memz", empty],
    ["/mem-trackers", empty],
    ["/drives", empty],
    ["/tls", empty],
    ["/threadz", empty],
    ["/rpcz", empty],
    ["/utilz", empty],
  ];
}

// Written anew only when flags have changed: a cluster asks for them again and again.
const flagsJson = new WeakMap<readonly ShownFlag[], string>();

function renderFlagsJson(flags: readonly ShownFlag[]): string {
  const known = flagsJson.get(flags);
  if (known !== undefined) return known;
  const text = JSON.stringify({ flags });
  flagsJson.set(flags, text);
  return text;
}

function renderVarz(flags: readonly ShownFlag[], raw: boolean): string {
  if (raw) return `Command-line Flags${flags.map((flag) => `--${flag.name}=${flag.value}`).join("\n")}\n`;
  const row = (flag: ShownFlag): string =>
    `<tr><td>${flag.name}</td><td>${escapeHtml(flag.value)}</td><td>${flag.type}</td></tr>`;
  return `<h1>Command-line Flags</h1><table class='table table-striped'><tr><th>Name</th><th>Value</th><th>Type</th></tr>${flags.map(row).join("\n")}</table>`;
}

/** `?metrics=a,b`: metrics whose name contains one of the words; entities without any are left out. */
function filterMetrics(entities: readonly MetricEntity[], wanted: string | null): MetricEntity[] {
  if (wanted === null || wanted === "") return [...entities];
  const words = wanted.split(",");
  return entities
    .map((entity) => ({
      ...entity,
      metrics: entity.metrics.filter(({ name }) => words.some((word) => name.includes(word))),
    }))
    .filter((entity) => entity.metrics.length > 0);
}

function renderPrometheus(entities: readonly MetricEntity[]): string {
  const now = Date.now();
  const lines = entities.flatMap((entity) =>
    entity.metrics.map(
      ({ name, value }) => `${name}{metric_id="${entity.id}",metric_type="${entity.type}"} ${value} ${now}`,
    ),
  );
  return `${lines.join("\n")}\n`;
}
