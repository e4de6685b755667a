import { Transform, type Readable, type TransformCallback } from "node:stream";
import { BODY_BYTES_MAX, EDITOR_BODY_BYTES_MAX } from "./limits";
import { appsWith, type Actor } from "../access/roles.policy";

/** Whoever may import an app sends more at once than others: their body may be a whole definition. */
export function bodyBytesMaxOf(actor: Actor | null): number {
  const edited = actor === null ? [] : appsWith(actor, "EDIT");
  return edited === null || edited.length > 0 ? EDITOR_BODY_BYTES_MAX : BODY_BYTES_MAX;
}

/** The same body, which fails as soon as it is longer than that, whatever its headers promise. */
export function limitedBody(body: Readable, bytesMax: number): Readable {
  let bytes = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length;
      if (bytes > bytesMax) done(tooLarge());
      else done(null, chunk);
    },
  });
  body.once("error", (error) => limited.destroy(error));
  return body.pipe(limited);
}

export const BODY_TOO_LARGE = "FST_ERR_CTP_BODY_TOO_LARGE";

/** As fastify says it. */
const tooLarge = (): Error =>
  Object.assign(new Error("Body too large"), { code: BODY_TOO_LARGE, statusCode: 413 });
