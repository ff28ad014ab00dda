// xDCR as BMDB writes it: JSON of the pages, where maps are lists of pairs; bm-admin's JSON, where they are objects; and
// protobuf's text notation.

import type { HostPort } from "../cluster/cluster-document";
import { type XdcrDocument, type XdcrGroup, type XdcrStream, xdcrOf } from "../cluster/xdcr/xdcr-document";
import type { XdcrStatusRow } from "../cluster/xdcr/xdcr-target";

interface HasXdcr {
  readonly xdcr?: XdcrDocument;
}

const listRegistered = (answer: HasXdcr): XdcrGroup[] =>
  xdcrOf(answer).groups.filter(({ registered }) => registered !== undefined);

const toPairs = (entries: Readonly<Record<string, unknown>>): { key: string; value: unknown }[] =>
  Object.entries(entries).map(([key, value]) => ({ key, value }));

/** A flag that was never set is not there at all; one that was taken back is false. */
const disabledOf = ({ registered }: XdcrGroup): boolean | undefined => registered?.disableStream;

/** `consumer_registry` of the pages; undefined while nothing replicates into this cluster. */
export function buildConsumerRegistry(answer: HasXdcr): unknown {
  const groups = listRegistered(answer);
  if (groups.length === 0) return undefined;
  const entries = groups.map((group) => [
    group.group,
    {
      stream_map: toPairs(
        Object.fromEntries(
          group.streams.map(({ id, sourceTable, targetTable }) => [
            id,
            {
              consumer_producer_tablet_map: [],
              consumer_table_id: targetTable,
              producer_table_id: sourceTable,
              local_tserver_optimized: true,
              producer_schema: { validated_schema_version: 0 },
            },
          ]),
        ),
      ),
      master_addrs: group.sourceMServers,
      ...(disabledOf(group) === undefined ? {} : { disable_stream: disabledOf(group) }),
    },
  ]);
  return { producer_map: toPairs(Object.fromEntries(entries)) };
}

/** The same for `get_universe_config`. */
export function buildAdminConsumerRegistry(answer: HasXdcr): unknown {
  const groups = listRegistered(answer);
  if (groups.length === 0) return undefined;
  const stream = ({ id, sourceTable, targetTable }: XdcrStream): [string, unknown] => [
    id,
    {
      consumerProducerTabletMap: {},
      consumerTableId: targetTable,
      producerTableId: sourceTable,
      localTserverOptimized: true,
      producerSchema: { validatedSchemaVersion: 0 },
    },
  ];
  const entries = groups.map((group) => [
    group.group,
    {
      streamMap: Object.fromEntries(group.streams.map(stream)),
      masterAddrs: group.sourceMServers,
      ...(disabledOf(group) === undefined ? {} : { disableStream: disabledOf(group) }),
    },
  ]);
  return { producerMap: Object.fromEntries(entries) };
}

/** `xcluster_producer_registry`: only what is paused on the source's side. */
export function buildProducerRegistry(answer: HasXdcr): unknown {
  const { pausedStreams } = xdcrOf(answer);
  return pausedStreams.length === 0
    ? {}
    : { paused_producer_stream_ids: pausedStreams.map((key) => ({ key, value: true })) };
}

export const buildXdcrConfig = (answer: HasXdcr): unknown => ({
  version: xdcrOf(answer).producerVersion,
  xcluster_producer_registry: buildProducerRegistry(answer),
  consumer_registry: buildConsumerRegistry(answer) ?? {},
});

/** `get_xcluster_info`: a key without its quotes, as 2.17 writes it, so that it is not JSON. */
export function renderXdcrInfo(answer: HasXdcr): string {
  const { pausedStreams, producerVersion } = xdcrOf(answer);
  const paused = Object.fromEntries(pausedStreams.map((id) => [id, true]));
  const producer = pausedStreams.length === 0 ? {} : { pausedProducerStreamIds: paused };
  const consumer = buildAdminConsumerRegistry(answer) ?? {};
  return `{"version":${producerVersion},"xcluster_producer_registry":${JSON.stringify(producer)},consumer_registry:${JSON.stringify(consumer)}}`;
}

/** The consumer registry on the HTML page. */
export function renderConsumerRegistryProto(answer: HasXdcr): string {
  const groups = listRegistered(answer);
  if (groups.length === 0) return "";
  return renderMessage(
    "consumer_registry",
    groups.map((group) =>
      renderMessage("producer_map", [
        `key: "${group.group}"`,
        renderMessage("value", [
          ...group.streams.map(renderStreamEntry),
          ...group.sourceMServers.map(renderAddress),
          ...(disabledOf(group) === undefined ? [] : [`disable_stream: ${disabledOf(group)}`]),
        ]),
      ]),
    ),
  );
}

const renderStreamEntry = ({ id, sourceTable, targetTable }: XdcrStream): string =>
  renderMessage("stream_map", [
    `key: "${id}"`,
    renderMessage("value", [
      `consumer_table_id: "${targetTable}"`,
      `producer_table_id: "${sourceTable}"`,
      "local_tserver_optimized: true",
    ]),
  ]);

const renderAddress = ({ host, port }: HostPort): string =>
  renderMessage("master_addrs", [`host: "${host}"`, `port: ${port}`]);

/** `get_replication_status`. A stream that is paused looks like any other. */
export const renderReplicationStatus = (rows: readonly XdcrStatusRow[]): string =>
  rows
    .map(({ table, stream, error }) =>
      renderMessage("statuses", [
        `table_id: "${table}"`,
        `stream_id: "${stream}"`,
        ...(error === undefined
          ? []
          : [renderMessage("errors", [`error: ${error.error}`, `error_detail: ${JSON.stringify(error.detail)}`])]),
      ]),
    )
    .join("");

/** `list_cdc_streams`, with the carriage return that BMDB's heading has. */
export function renderCdcStreams(answer: HasXdcr, table: string | undefined): string {
  const chosen = xdcrOf(answer).streams.filter((stream) => table === undefined || stream.table === table);
  const options = { checkpoint_type: "IMPLICIT", record_format: "WAL", record_type: "CHANGE", state: "ACTIVE" };
  const streams = chosen.map(({ id, table: tableId }) =>
    renderMessage("streams", [
      `stream_id: "${id}"`,
      `table_id: "${tableId}"`,
      ...Object.entries(options).map(([key, value]) =>
        renderMessage("options", [`key: "${key}"`, `value: "${value}"`]),
      ),
    ]),
  );
  return `CDC Streams: \r\n${streams.join("")}`;
}

/** `name {`, the fields indented, `}`, each on a line of its own. */
function renderMessage(name: string, fields: readonly string[]): string {
  const lines = fields.flatMap((field) => field.trimEnd().split("\n"));
  return `${name} {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}
