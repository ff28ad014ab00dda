// Which folder may import which. The layers are described in provider/README.md; each rule says what it protects.

const PURE = "model|errors|dialect";

/** A folder of provider/ and the only parts of this repository that it may import besides itself. */
function mayOnlyImport(folder, allowed, comment) {
  return {
    name: `${folder}-imports`,
    severity: "error",
    comment,
    from: { path: `^provider/${folder}/` },
    to: { path: "^(index\\.ts|bin/|components/|provider/|sandbox/)", pathNot: [`^provider/${folder}/`, ...allowed] },
  };
}

const folders = (names) => `^provider/(${names})/`;
const PORTS = "^provider/ports\\.ts$";

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      comment: "Two files that load each other are one file with a seam in the wrong place; types may name each other.",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "only-declared-packages",
      severity: "error",
      comment: "What is imported must be in package.json, or a user's install would miss it.",
      from: {},
      // The gRPC library is taken from the Pulumi SDK's own dependencies on purpose: it must be the copy that the plugin runs on.
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"], pathNot: "node_modules/@grpc/grpc-js/" },
    },
    {
      name: "everything-resolves",
      severity: "error",
      comment: "An import that resolves to nothing fails only when the user gets there.",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "no-development-packages",
      severity: "error",
      comment:
        "Shipped code must not lean on a package that only developers install. The Pulumi SDK is a peer of ours.",
      from: { path: "^(index\\.ts|bin/|components/|provider/|sandbox/)" },
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["npm-peer"],
        pathNot: "node_modules/@(types|pulumi/pulumi)/",
      },
    },

    mayOnlyImport("model", [folders("errors")], "The nouns know nobody: every other folder speaks in them."),
    mayOnlyImport(
      "errors",
      [folders("model")],
      "The wording of errors is about nouns, never about how something is done.",
    ),
    mayOnlyImport(
      "dialect",
      [folders(PURE)],
      "Names and texts of a BMDB release are facts; they decide and do nothing.",
    ),
    mayOnlyImport("lease", [folders(PURE)], "Who holds the lease follows from records and times; it asks nobody."),
    mayOnlyImport("gates", [folders(PURE)], "A gate is a pure question about an inventory; it cannot look or act."),
    mayOnlyImport(
      "planner",
      [folders(PURE)],
      "A plan follows from what is desired and what was observed, and from nothing else.",
    ),
    mayOnlyImport("report", [folders(PURE)], "A report is written from what was recorded; it asks nobody."),
    mayOnlyImport(
      "inventory",
      [folders(PURE), PORTS],
      "Reading the world goes through ports, so that tests and the simulation can be the world.",
    ),
    mayOnlyImport(
      "steps",
      // What a step is handed, and how it waits, are the executor's; its control flow is not.
      [folders(`${PURE}|inventory|lease`), PORTS, "^provider/executor/(run|poll-until|safe-point|change-host)\\.ts$"],
      "A step changes the world through ports and never decides whether it is time to.",
    ),
    mayOnlyImport(
      "executor",
      [folders(`${PURE}|lease|inventory|gates|planner|report|steps`), PORTS],
      "All control flow of a run is here, over ports: it must run on a virtual clock in an invented cluster.",
    ),
    mayOnlyImport("adapters", [folders(PURE), PORTS], "Adapters implement ports and know nothing of upgrades."),
    mayOnlyImport(
      "dynamic",
      // The planner is pure: check and diff ask it for texts and refusals without an engine.
      [folders(`${PURE}|planner|report`), "^provider/(topology-)?engine\\.ts$", PORTS],
      "The border to Pulumi translates and calls the engine; it decides nothing.",
    ),
    {
      name: "ports-are-interfaces",
      severity: "error",
      comment: "Ports speak in nouns; a port that imports code is not a port.",
      from: { path: PORTS },
      to: { path: "^(index\\.ts|bin/|components/|provider/|sandbox/)", pathNot: folders("model") },
    },
    {
      name: "engine-does-not-know-pulumi",
      severity: "error",
      comment: "The engine also runs outside Pulumi (simulation, sandbox, tests); only dynamic/ translates.",
      from: { path: "^provider/(topology-)?engine\\.ts$" },
      to: { path: ["^provider/dynamic/", "^components/", "^sandbox/", "^bin/", "node_modules/@pulumi/"] },
    },
    {
      name: "world-only-in-adapters",
      severity: "error",
      comment:
        "Inside provider/ only the adapters know ssh, http, files and processes; everything else must run without them.",
      from: { path: "^provider/", pathNot: "^provider/adapters/" },
      to: {
        path: [
          "node_modules/(ssh2|undici|@types/ssh2)/",
          "^(node:)?(fs|fs/promises|child_process|net|tls|http|https|dgram|dns|os)$",
        ],
      },
    },
    {
      name: "pulumi-only-at-the-border",
      severity: "error",
      comment: "Input, Output and resources live in components/ and provider/dynamic/; the engine sees plain values.",
      from: { path: "^provider/", pathNot: "^provider/dynamic/" },
      to: { path: "node_modules/@pulumi/" },
    },

    {
      name: "components-import-the-resource-only",
      severity: "error",
      comment:
        "A component is arguments, children and outputs: of provider/ it needs the resource's class and the nouns.",
      from: { path: "^components/" },
      to: {
        path: "^(index\\.ts|bin/|provider/|sandbox/)",
        pathNot: ["^provider/dynamic/(cluster-version|xdcr-resources)\\.ts$", folders(PURE)],
      },
    },
    {
      name: "programs-stay-light",
      severity: "error",
      comment: "A Pulumi program loads index.ts at every preview; ssh, http and parsers belong to the plugin process.",
      from: { path: "^index\\.ts$" },
      to: {
        path: ["node_modules/(ssh2|undici|node-html-parser)/", "^provider/(adapters|engine|topology-engine)"],
        reachable: true,
      },
    },
    {
      name: "sandbox-is-not-the-product",
      severity: "error",
      comment:
        "The sandbox is the truth that the product is tested against; sharing code would hide the same mistake twice.",
      from: { path: "^sandbox/" },
      to: { path: "^(index\\.ts|bin/|components/|provider/)", pathNot: PORTS },
    },
    {
      name: "product-does-not-know-the-sandbox",
      severity: "error",
      comment: "Nothing in the product may behave differently because it runs against the sandbox.",
      from: { path: "^(index\\.ts|components/|provider/)" },
      to: { path: "^(sandbox|bin)/" },
    },
    {
      name: "nothing-imports-tests",
      severity: "error",
      comment: "What tests need from the product is exported by the product, not the other way round.",
      from: { path: "^(index\\.ts|bin/|components/|provider/|sandbox/)" },
      to: { path: "^(tests|benchmarks|examples)/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    tsConfig: { fileName: "tsconfig.json" },
    // Imports of types count too: a folder that needs another's types depends on it.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "default", "types"] },
  },
};
