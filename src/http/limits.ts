/** Of a request's body, and of a WebSocket's message. */
export const BODY_BYTES_MAX = 1_048_576;
/** Of a request's body to POST /graphql, by somebody who may import the definition of a whole app. */
export const EDITOR_BODY_BYTES_MAX = 8 * 1_048_576;
/** How long a request may take to arrive. */
export const REQUEST_MS_MAX = 30_000;
/** How long stopping waits for requests under way. */
export const DRAIN_MS_MAX = 10_000;
/** Of event streams open at once on this server. */
export const STREAMS_MAX = 5_000;
/** Of a request's body to POST /v1/evaluate/batch. */
export const BATCH_BODY_BYTES_MAX = 8 * 1_048_576;
/** Of a packed body to POST /v1/identify and /v1/track, when it is unpacked. */
export const UNPACKED_BODY_BYTES_MAX = 8 * 1_048_576;
