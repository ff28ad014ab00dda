export { type BuiltRelease, buildRelease, type ReleaseOptions } from "./build-release";
export { knownReleases } from "./known-releases";
export { ensureRuntime } from "./runtime";
