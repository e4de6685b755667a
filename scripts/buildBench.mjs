// Compiles benchmarks and long tests into dist-bench, beside links to the files that the server reads from its own folder.
import { spawnSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";

const { status } = spawnSync("node_modules/.bin/tsc", ["-p", "tsconfig.bench.json"], { stdio: "inherit" });
if (status !== 0) process.exit(1);
for (const folder of ["migrations", "public", "packages"]) {
  if (!existsSync(`dist-bench/${folder}`)) symlinkSync(`../${folder}`, `dist-bench/${folder}`);
}
