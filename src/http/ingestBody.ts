import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from "fastify";
import { limitedBody } from "./bodyLimit";
import { publicError, sendErrors } from "./errorBody";
import { BODY_BYTES_MAX, UNPACKED_BODY_BYTES_MAX } from "./limits";
import type { ReportError } from "../graphql/formatError";
import type { Json } from "../lib/json";

export const NDJSON_TYPE = "application/x-ndjson";

/** A body that is a text of its own on each line. */
export class Lines {
  constructor(readonly text: string) {}

  /** What stands on the lines. Empty ones hold nothing. @throws BAD_REQUEST with the line that is no JSON. */
  values(countMax: number): readonly Json[] {
    const values: Json[] = [];
    let number = 0;
    for (const line of this.text.split("\n")) {
      number += 1;
      if (line.trim() === "") continue;
      values.push(parseLine(line, number));
      // One more shows that there are too many.
      if (values.length > countMax) break;
    }
    return values;
  }
}

function parseLine(line: string, number: number): Json {
  try {
    return JSON.parse(line) as Json;
  } catch (error) {
    throw publicError("BAD_REQUEST", `Line ${number} is no JSON: ${(error as Error).message}`);
  }
}

/** Lets bodies be lines of JSON. They are read when it is known how many there may be. */
export function takeLines(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(NDJSON_TYPE, { parseAs: "string" }, (_request, text, done) =>
    done(null, new Lines(String(text))),
  );
}

/** A hook that refuses what is packed in a way that we do not unpack. */
export const knownPacking = (report: ReportError) => async (request: FastifyRequest, reply: FastifyReply) => {
  const packing = request.headers["content-encoding"] ?? "identity";
  return PACKINGS.has(packing) ? undefined : sendErrors(reply, 415, [unknownPacking], report);
};

const PACKINGS: ReadonlySet<string> = new Set(["identity", "gzip"]);
const unknownPacking = publicError(
  "BAD_REQUEST",
  "Send the body as it is, or with `Content-Encoding: gzip`.",
);

/** A hook that unpacks the body as it comes: never more than the bound is in memory, however small it was packed. */
export async function unpackedBody(
  { headers }: FastifyRequest,
  _reply: FastifyReply,
  body: RequestPayload,
): Promise<RequestPayload> {
  const sent = limitedBody(body, BODY_BYTES_MAX);
  if (headers["content-encoding"] !== "gzip") return sent;
  const unpacked: Readable = limitedBody(gunzipped(sent), UNPACKED_BODY_BYTES_MAX);
  return Object.assign(unpacked, { receivedEncodedLength: Number(headers["content-length"] ?? 0) });
}

function gunzipped(packed: Readable): Readable {
  const gunzip = createGunzip();
  // An error of either is the other's too, and is told where the body is read.
  pipeline(packed, gunzip, () => undefined);
  return gunzip;
}
