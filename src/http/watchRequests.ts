import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** It is answered by a stream, which lasts as long as somebody listens. */
    isStream: boolean;
  }
}

/** A request that was answered, in words of ours alone: the route as it stands in the code, never the address. */
export type AnsweredRequest = Readonly<{
  /** `none` if there is nothing at the address. */
  route: string;
  method: string;
  status: number;
  /** Null for a stream. */
  seconds: number | null;
}>;

export type WatchRequest = (answered: AnsweredRequest) => void;

/** Callers may send any of the methods that HTTP knows. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "OPTIONS"]);

/** Tells of every request when its answer has left, or its caller has. */
export function watchRequests(fastify: FastifyInstance, watch: WatchRequest): void {
  fastify.decorateRequest("isStream", false);
  fastify.addHook("onResponse", (request, reply, done) => {
    watch({
      route: request.routeOptions.url ?? "none",
      method: METHODS.has(request.method) ? request.method : "other",
      status: reply.raw.statusCode,
      seconds: request.isStream ? null : reply.elapsedTime / 1_000,
    });
    done();
  });
}
