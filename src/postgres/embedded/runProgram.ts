import { spawn, type SpawnOptions } from "node:child_process";

export type ProgramResult = Readonly<{ isOk: boolean; output: string; error: Error | null }>;

/** Runs a program to its end, or to `timeoutMs`. Never rejects: that it cannot be started is a result too. */
export function runProgram(
  program: string,
  programArguments: readonly string[],
  options: SpawnOptions,
  timeoutMs: number,
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const child = spawn(program, programArguments, {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      killSignal: "SIGKILL",
    });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-OUTPUT_CHARACTERS_MAX);
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.on("error", (error) => resolve({ isOk: false, output, error }));
    child.on("close", (code) => resolve({ isOk: code === 0, output, error: null }));
  });
}

const OUTPUT_CHARACTERS_MAX = 10_000;
