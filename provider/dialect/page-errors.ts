// Failures that a server answers with status 200. Inferred, all of them, from the product that BMDB renames.
// Each pattern is looked for in the beginning of the body, after whitespace.

export interface PageError {
  readonly pattern: RegExp;
  /** For the sentence "… : TEXT OF THE SERVER". */
  readonly meaning: string;
}

export const PAGE_ERRORS: readonly PageError[] = [
  {
    pattern: /unable to locate leader m(?:aster|server)/i,
    meaning: "the asked MServer knows no leader",
  },
  {
    pattern: /error retrieving leader m(?:aster|server) url/i,
    meaning: "the asked MServer could not fetch the leader's page",
  },
  { pattern: /unable to list m(?:aster|server)s/i, meaning: "the list of MServers failed" },
  { pattern: /^(?:<[^>]*>\s*)*error 404\b|^no handler for uri\b/i, meaning: "there is no such page" },
  // Not `[`: newer releases add a list of notes under the same name.
  { pattern: /^\{\s*"error"\s*:\s*[^\s[]/i, meaning: "the server answered with an error" },
  { pattern: /<div class=["']alert alert-(?:warning|danger)/i, meaning: "the page shows a warning instead of data" },
  {
    pattern:
      /^(?:<[^>]*>\s*)*(?:not found|illegal state|service unavailable|timed out|network error|internal error|remote error|runtime error|uninitialized)\b[^<]{0,40}\(/i,
    meaning: "the server answered with an error",
  },
];

/** A bare 503: the process is up and does not lead, or is not ready. */
export const NOT_LEADER_STATUS = 503;
