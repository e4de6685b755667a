/** What the thread that scans is told. `id` tells one task from others at the same time. */
export type ToWorker =
  | Readonly<{ id: number; kind: "run"; name: string; input: unknown }>
  /** It may go on behind what it reported, or is to end there. */
  | Readonly<{ id: number; kind: "goOn" | "end" }>;

/** What it says. */
export type FromWorker =
  | Readonly<{ id: number; kind: "progress"; progress: unknown }>
  | Readonly<{ id: number; kind: "done"; result: unknown }>
  | Readonly<{ id: number; kind: "failed"; message: string; isUnavailable: boolean }>;
