// Unit, loopback and end-to-end tests alike; tests/run-all.mjs says which in which order.
module.exports = {
  testEnvironment: "node",
  // google-protobuf (in the Pulumi SDK) looks at its global again after a file's tests; jest would warn about it each time.
  testEnvironmentOptions: { globalsCleanup: "off" },
  roots: ["<rootDir>/tests"],
  setupFilesAfterEnv: ["<rootDir>/tests/support/patience.ts"],
  testMatch: ["**/*.test.ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs" } },
    ],
  },
  watchman: false,
};
