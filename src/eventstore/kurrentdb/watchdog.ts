/** Says so when nothing has happened for a while. */
export interface Watchdog {
  /** Rejects when it was not reset for so long. Nobody has to listen. */
  readonly barked: Promise<never>;
  reset(): void;
  stop(): void;
}

export function watchdog(timeoutMs: number, silent: () => Error): Watchdog {
  let bark: (error: Error) => void;
  const barked = new Promise<never>((_resolve, reject) => {
    bark = reject;
  });
  barked.catch(() => undefined);
  const timer = setTimeout(() => bark(silent()), timeoutMs);
  return { barked, reset: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
