export { buildRelease } from "./build-release";
export { knownReleases } from "./known-releases";
export { ensureRuntime } from "./runtime";
