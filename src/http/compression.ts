import { hash } from "node:crypto";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliCompress, constants, createGzip, gzip } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import { recentlyUsed } from "../lib/recentlyUsed";

/** What is shorter fits into one packet as it is. */
export const COMPRESSED_BYTES_MIN = 1_400;
/** Of compressed answers that are kept, since many users get the same ones. */
export const KEPT_BYTES_MAX = 8 * 1_048_576;
/** Most of what can be saved, in a fraction of the time that the highest level takes. */
const BROTLI_QUALITY = 4;
const GZIP_LEVEL = 4;

type Encoding = "br" | "gzip";

/** Sends JSON in the encoding that the asker likes best; the compressing is done off the event loop. */
export type SendText = (request: FastifyRequest, reply: FastifyReply, text: string) => Promise<FastifyReply>;

export function createSendText(): SendText {
  const kept = recentlyUsed<string, Buffer>(KEPT_BYTES_MAX, ({ length }) => length);
  async function compressed(encoding: Encoding, text: string): Promise<Buffer> {
    const name = `${encoding} ${hash("sha256", text, "base64url")}`;
    const known = kept.get(name);
    if (known) return known;
    const made = await compress[encoding](text);
    kept.set(name, made);
    return made;
  }
  return async (request, reply, text) => {
    void reply.type(JSON_TYPE).header("vary", "accept-encoding");
    const encoding = text.length < COMPRESSED_BYTES_MIN ? null : encodingFor(request);
    if (encoding === null) return reply.send(text);
    return reply.header("content-encoding", encoding).send(await compressed(encoding, text));
  };
}

/** The same of what is made bit by bit. */
export function sendStream(
  request: FastifyRequest,
  reply: FastifyReply,
  type: string,
  stream: Readable,
): FastifyReply {
  void reply.type(type).header("vary", "accept-encoding");
  if (!accepts(request, "gzip")) return reply.send(stream);
  const zipped = createGzip({ level: GZIP_LEVEL });
  stream.once("error", (error) => zipped.destroy(error));
  zipped.once("close", () => stream.destroy());
  return reply.header("content-encoding", "gzip").send(stream.pipe(zipped));
}

const JSON_TYPE = "application/json; charset=utf-8";

const compress: Readonly<Record<Encoding, (text: string) => Promise<Buffer>>> = {
  br: (text) => brotli(text, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }),
  gzip: (text) => promisify(gzip)(text, { level: GZIP_LEVEL }),
};
const brotli = promisify(brotliCompress);

function encodingFor(request: FastifyRequest): Encoding | null {
  if (accepts(request, "br")) return "br";
  return accepts(request, "gzip") ? "gzip" : null;
}

/** Whether `Accept-Encoding` names it, and not with a weight of 0. */
function accepts({ headers }: FastifyRequest, encoding: Encoding): boolean {
  const asked = headers["accept-encoding"];
  if (typeof asked !== "string") return false;
  return asked.split(",").some((each) => {
    const [name, ...parameters] = each.split(";").map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}
