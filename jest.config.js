/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  transform: {
    "^.+\\.[jt]s$": ["ts-jest", { tsconfig: "<rootDir>/test/tsconfig.json", diagnostics: false }],
  },
  // Node requires packages that are ES modules; jest must be given them as what it can require.
  transformIgnorePatterns: ["/node_modules/(?!jose/)"],
  // Imported when it is needed, which takes the name of the compiled file.
  moduleNameMapper: { "^\\./kurrentdb\\.js$": "<rootDir>/src/eventstore/kurrentdb.ts" },
  globalSetup: "<rootDir>/test/support/globalSetup.ts",
  globalTeardown: "<rootDir>/test/support/globalTeardown.ts",
  maxWorkers: 2,
  testTimeout: 30_000,
};
