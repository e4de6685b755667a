import type { ServerResponse } from "node:http";
import type { Stalls } from "../http/stalls";

/** One who waits to be told of changes. */
export type Listener = {
  readonly raw: ServerResponse;
  readonly endsAtMs: number;
  /** Whether the latest event is sent as soon as there is room for it. */
  isBehind: boolean;
};

/** How listeners are written to: who takes nothing for too long is dropped, and `onDropped` told. */
export function createWriting(stalls: Stalls, onDropped: () => void) {
  function write({ raw }: Listener, text: string): void {
    if (raw.destroyed || raw.writableEnded || raw.write(text)) return;
    const over = stalls.waiting(() => {
      onDropped();
      raw.destroy();
    });
    raw.once("drain", over);
    raw.once("close", over);
  }
  /** Who has not taken the last one yet gets the latest when it has: one is as good as many. */
  function tell(listener: Listener, latest: () => string): void {
    const { raw } = listener;
    if (!raw.writableNeedDrain) return write(listener, latest());
    if (listener.isBehind) return;
    listener.isBehind = true;
    raw.once("drain", () => {
      listener.isBehind = false;
      tell(listener, latest);
    });
  }
  return { write, tell };
}
