// Everything that must hold, cheapest first. `npm test -- <args>` passes the arguments to the tests alone.
import { spawnSync } from "node:child_process";

const bin = (name) => `node_modules/.bin/${name}`;
const steps = [
  ["format", bin("prettier"), ["--check", "--log-level=warn", "."]],
  ["types", bin("tsc"), ["--noEmit", "-p", "tsconfig.json"]],
  ["lint", bin("eslint"), ["--max-warnings=0", "src", "test", "bench", "packages"]],
  ["dependency rules", bin("depcruise"), ["src", "--config", ".dependency-cruiser.cjs"]],
  ["spelling", bin("cspell"), ["--no-progress", "--no-summary"]],
  ["build", bin("tsc"), ["-p", "tsconfig.build.json"]],
  ["tests", bin("jest"), process.argv.slice(2)],
];

for (const [name, command, args] of steps) {
  const startedAt = Date.now();
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name} (${seconds} s)`);
  if (status !== 0) process.exit(1);
}
