/** Which part may know which. Every rule says why; break one on purpose to see that it holds. */
const slices = "(keys|segments|goals|configs|flags|experiments|webhooks)";

/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      comment: "Files that need each other are one file, or miss a third.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that nothing imports is dead.",
      severity: "error",
      from: { orphan: true, path: "^src", pathNot: "^src/(main|cli/[^/]+)\\.ts$" },
      to: {},
    },
    {
      name: "decisions-are-pure",
      comment:
        "Commands, events, states, deciders and policies know each other, evaluation/ and lib/, and nothing that does I/O.",
      severity: "error",
      from: { path: "\\.(commands|events|state|decider|policy)\\.ts$" },
      to: {
        pathNot: [
          "\\.(commands|events|state|decider|policy)\\.ts$",
          "^src/(evaluation|lib)/",
          "^node_modules/(ajv|re2js)/",
        ],
      },
    },
    {
      name: "evaluation-knows-only-lib",
      comment: "The hot path is a function of a ruleset and a user.",
      severity: "error",
      from: { path: "^src/evaluation/" },
      to: { pathNot: ["^src/(evaluation|lib)/", "^node_modules/re2js/"] },
    },
    {
      name: "statistics-know-only-lib",
      comment: "What an A/B test showed is a function of sums; only the edge of planning speaks GraphQL.",
      severity: "error",
      from: { path: "^src/statistics/", pathNot: "\\.(graphql|resolver)\\.ts$" },
      to: {
        path: ".",
        pathNot: ["^src/(statistics|lib)/(?!.*\\.(graphql|resolver)\\.ts$)", "^node_modules/@stdlib/"],
      },
    },
    {
      name: "only-distributions-know-their-library",
      comment: "Which tail is asked for, and how exact it is, is settled in one place.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/statistics/distributions\\.ts$" },
      to: { path: "^node_modules/@stdlib/" },
    },
    {
      name: "lib-knows-nobody",
      comment: "lib/ knows no domain word.",
      severity: "error",
      from: { path: "^src/lib/" },
      to: { path: "^src/(?!lib/)" },
    },
    {
      name: "slices-meet-in-events-and-types",
      comment: "Another slice's decider, tables, queries and resolvers are its own affair.",
      severity: "error",
      from: { path: `^src/${slices}/` },
      to: {
        path: `^src/${slices}/`,
        pathNot: ["^src/$1/", "\\.(events|state|policy|graphql)\\.ts$"],
      },
    },
    {
      name: "platform-knows-no-slice",
      comment: "eventstore/, postgres/ and projections/ would serve any domain.",
      severity: "error",
      from: { path: "^src/(eventstore|postgres|projections)/" },
      to: {
        path: `^src/(${slices}|apps|releases|delivery|changes|graphql|http|access|audience|evaluation|history)/`,
      },
    },
    {
      name: "releases-know-no-slice",
      comment: "Configs and flags share releases/, which knows neither.",
      severity: "error",
      from: { path: "^src/releases/" },
      to: { path: `^src/${slices}/` },
    },
    {
      name: "only-postgres-knows-pg",
      comment: "A driver has one home.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/postgres/" },
      to: { path: "^node_modules/(pg|@types/pg)/" },
    },
    {
      name: "only-kurrentdb-knows-its-client",
      comment: "A driver has one home, which is loaded when the log is there.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/eventstore/kurrentdb/" },
      to: { path: "^node_modules/(@eventstore|@grpc|google-protobuf)/" },
    },
    {
      name: "kurrentdb-is-loaded-when-needed",
      comment: "Nobody pays for a client that is not used.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/eventstore/kurrentdb(\\.ts|/)" },
      to: {
        path: "^src/eventstore/kurrentdb(\\.ts|/)",
        pathNot: "^src/eventstore/kurrentdb/url\\.ts$",
        dependencyTypesNot: ["dynamic-import", "type-only"],
      },
    },
    {
      name: "graphql-stays-at-the-edge",
      comment: "Only graphql/, http/, *.graphql.ts and *.resolver.ts speak GraphQL.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/(graphql|http)/", "\\.(graphql|resolver)\\.ts$"] },
      to: { path: "^node_modules/(graphql|type-graphql|@apollo|graphql-ws|graphql-sse)/" },
    },
    {
      name: "nothing-imports-main",
      comment: "main.ts wires; nobody stands on it.",
      severity: "error",
      from: {},
      to: { path: "^src/main\\.ts$" },
    },
    {
      name: "src-knows-no-test",
      comment: "What ships does not depend on what checks it.",
      severity: "error",
      from: { path: "^src/" },
      to: { path: "^(test|bench)/" },
    },
    {
      name: "no-development-packages",
      comment: "What ships imports only what package.json ships.",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown", "undetermined"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    combinedDependencies: true,
  },
};
