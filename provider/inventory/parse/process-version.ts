// `/api/v1/version` of any process, and version_metadata.json of a release: they carry the same two fields.

import { z } from "zod";
import { type Parsed, parsed, unparsed } from "../../model/fact";
import type { ProcessVersion } from "../../model/pages";
import { parseVersion } from "../../model/version";
import { excerpt } from "./excerpt";
import { readJson } from "./read-json";
import { rememberLast } from "./remember-last";

const pageSchema = z.object({
  version_number: z.string(),
  build_number: z.union([z.string(), z.int().min(0).transform(String)]).optional(),
});

export const parseProcessVersion = rememberLast((body: string): Parsed<ProcessVersion> => {
  const page = readJson(body, pageSchema);
  if (!page.ok) return page;
  const version = page.value.version_number.trim();
  if (parseVersion(version) === undefined || version.includes("-"))
    return unparsed(`"${excerpt(version, 60)}" is not a version`);
  // A developer's build says PRE_RELEASE here.
  const release = `${version}-b${page.value.build_number ?? ""}`;
  const build = parseVersion(release)?.build;
  return parsed({
    version,
    build: build === undefined ? undefined : String(build),
    release: build === undefined ? version : release,
  });
});
