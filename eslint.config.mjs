import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

// Each rule holds a habit of CONTRIBUTING.md. A convention that was broken twice becomes a rule here.
const habits = {
  "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "separate-type-imports" }],
  "@typescript-eslint/no-explicit-any": "error",
  "@typescript-eslint/no-floating-promises": "error",
  "@typescript-eslint/no-misused-promises": "error",
  "@typescript-eslint/no-unnecessary-condition": "off",
  "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
  "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
  "@typescript-eslint/await-thenable": "error",
  "@typescript-eslint/only-throw-error": "error",
  "@typescript-eslint/return-await": ["error", "in-try-catch"],
  eqeqeq: "error",
  "no-console": "error",
  "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
  "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
  "no-restricted-syntax": [
    "error",
    { selector: "TSEnumDeclaration", message: "Use a union of strings, or a const object." },
    { selector: "ExportDefaultDeclaration", message: "Use named exports." },
  ],
  "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx", "hack"], location: "anywhere" }],
};

const environmentHasOneReader = {
  "no-restricted-properties": [
    "error",
    { object: "process", property: "env", message: "Only settings.ts reads the environment." },
  ],
};

const noNewFunction = { "no-new-func": "error", "no-eval": "error", "no-implied-eval": "error" };

export default defineConfig(
  { ignores: ["dist", "dist-bench", "node_modules", "bench/node_modules", "data", "coverage"] },
  {
    files: ["src/**/*.ts", "test/**/*.ts", "bench/**/*.ts"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { ...habits, ...noNewFunction },
  },
  {
    // Plain JavaScript that runs as it stands, so there is no project to ask for types.
    files: ["packages/**/*.js"],
    rules: {
      ...Object.fromEntries(Object.entries(habits).filter(([rule]) => !rule.startsWith("@"))),
      ...noNewFunction,
      "no-unused-vars": "error",
      "prefer-const": "error",
    },
  },
  { files: ["packages/**/*.d.ts"], extends: [tseslint.configs.base] },
  { files: ["src/**/*.ts"], ignores: ["src/settings.ts"], rules: environmentHasOneReader },
  {
    // A test's describe is as long as its list of cases; benches and programs print.
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: { "max-lines-per-function": "off", "max-lines": ["error", { max: 600 }], "no-console": "off" },
  },
);
