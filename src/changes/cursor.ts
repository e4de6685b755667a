import { createHmac, timingSafeEqual } from "node:crypto";
import { CursorUnknown } from "./changeFeed";

/** Where a consumer stands in one app's feed: after this revision. -1 is before the first. */
export type CursorPlace = Readonly<{ app: string; revision: number }>;

/** Makes and reads cursors: opaque to consumers, of one log, and nobody else can make them. */
export interface Cursors {
  encode(place: CursorPlace): string;
  /** @throws {CursorUnknown} for what `encode` has not made for this log and app. */
  decode(cursor: string, app: string): CursorPlace;
}

const MAC_BYTES = 16;
const FORMAT = "1";

export function createCursors(logId: string, secret: Buffer): Cursors {
  const macOf = (text: string): Buffer =>
    createHmac("sha256", secret).update(text).digest().subarray(0, MAC_BYTES);

  return {
    encode({ app, revision }) {
      const text = [FORMAT, logId, app, revision].join(" ");
      return Buffer.concat([macOf(text), Buffer.from(text)]).toString("base64url");
    },
    decode(cursor, app) {
      const bytes = Buffer.from(cursor, "base64url");
      const text = bytes.subarray(MAC_BYTES).toString();
      const [format, log, cursorApp, revision, ...rest] = text.split(" ");
      if (
        format !== FORMAT ||
        revision === undefined ||
        rest.length > 0 ||
        isSpelledOtherwise(cursor, bytes)
      ) {
        throw new CursorUnknown(`This is no cursor of this server. ${RESYNC}`);
      }
      // Asked before the seal, since a server with another log most likely has another secret too.
      if (log !== logId) throw new CursorUnknown(`This cursor is of another log. ${RESYNC}`);
      if (!timingSafeEqual(macOf(text), bytes.subarray(0, MAC_BYTES))) {
        throw new CursorUnknown(`This cursor was not made by this server, or was altered. ${RESYNC}`);
      }
      if (cursorApp !== app) throw new CursorUnknown(`This cursor is of another app's feed. ${RESYNC}`);
      return { app, revision: Number(revision) };
    },
  };
}

/** The same bytes can be written in several ways, of which only one is ours. */
function isSpelledOtherwise(cursor: string, bytes: Buffer): boolean {
  return bytes.length <= MAC_BYTES || bytes.toString("base64url") !== cursor;
}

export const RESYNC =
  "Resync: read the query `snapshot` and follow the feed from its cursor, or read the feed again from startAt BEGINNING.";
