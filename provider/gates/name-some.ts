/** The first few of many ids, for the inside of a sentence. */
export const nameSome = (ids: readonly string[], countMax = 3): string =>
  ids.length <= countMax ? ids.join(", ") : `${ids.slice(0, countMax).join(", ")} and ${ids.length - countMax} more`;
