import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { SandboxEvent } from "./types";

export const eventNameSchema = z.enum([
  "process_started",
  "process_serving",
  "process_stopped",
  "process_crashed",
  "leader_elected",
  "tile_leader_elected",
  "auto_flags_promoted",
  "auto_flags_nothing_to_promote",
  "bsql_catalog_upgraded",
  "config_changed",
  "xdcr_set_up",
  "xdcr_paused",
  "xdcr_resumed",
  "xdcr_deleted",
  "xdcr_error",
  "xdcr_versions_mixed",
  "xdcr_streams_created",
  "xdcr_source_paused",
  "xdcr_source_resumed",
  "command",
]);

const eventSchema = z.looseObject({
  atMs: z.number(),
  host: z.string(),
  role: z.enum(["mserver", "dbserver"]).optional(),
  event: eventNameSchema,
  pid: z.number().optional(),
  version: z.string().optional(),
  exe: z.string().optional(),
});

/** All events so far, in the order in which they were written. */
export async function readEvents(file: string): Promise<SandboxEvent[]> {
  const text = await readFile(file, "utf8");
  // What follows the last line's end is still being written.
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line !== "").map((line) => eventSchema.parse(JSON.parse(line)));
}
