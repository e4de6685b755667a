// Follows /changes, the feed as server-sent events, from a snapshot on or any cursor. It needs `fetch` and nothing else.

/** Comments come every 12 seconds, so whoever hears nothing for so long has lost the server. */
const SILENCE_MS_MAX = 40_000;
const WAIT_MS_MIN = 100;
const WAIT_MS_MAX = 10_000;

export class ChangesRefused extends Error {
  constructor(message, code, status) {
    super(message);
    this.name = "ChangesRefused";
    this.code = code;
    this.status = status;
  }
}

export async function* changes(options) {
  const { signal, onLost = () => undefined } = options;
  let last = null;
  let failures = 0;
  while (!signal?.aborted) {
    try {
      for await (const item of connection(options, last)) {
        failures = 0;
        last = item.cursor;
        yield item;
      }
      throw new Error("The server has closed the stream.");
    } catch (error) {
      if (error instanceof ChangesRefused) throw error;
      if (signal?.aborted) return;
      onLost(error);
      await wait(failures++, signal);
    }
  }
}

/** The whole state of an app at one moment, part by part. */
export async function snapshot({ url, token, app, kinds, signal }) {
  const items = [];
  for (let after = null; ;) {
    const response = await fetch(new URL("/graphql", url), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: await authorizationOf(token) },
      body: JSON.stringify({ query: SNAPSHOT, variables: { app, kinds, after } }),
      signal,
    });
    const body = await response.json().catch(() => null);
    if (!body?.data || body.errors) throw errorOf(body, response.status);
    const part = body.data.snapshot;
    items.push(...part.items);
    if (part.next === null) return { cursor: part.cursor, items };
    after = part.next;
  }
}

const SNAPSHOT = `query ($app: String!, $kinds: [String!], $after: String) {
  snapshot(app: $app, kinds: $kinds, after: $after) { items { subject entityKind sequence after } cursor next }
}`;

const authorizationOf = async (token) => `Bearer ${typeof token === "function" ? await token() : token}`;

/** The items of one connection, which ends when it is lost or not read any more. */
async function* connection({ url, token, app, signal, ...start }, last) {
  const controller = new AbortController();
  const end = () => controller.abort();
  signal?.addEventListener("abort", end, { once: true });
  let silence = setTimeout(end, SILENCE_MS_MAX);
  try {
    const response = await fetch(addressOf(url, app, start), {
      headers: {
        authorization: await authorizationOf(token),
        // Counts in the place of the start that stands in the address.
        ...(last !== null && { "last-event-id": last }),
      },
      signal: controller.signal,
    });
    if (!response.ok) throw await refusalOf(response);
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of response.body) {
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS_MAX);
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop();
      for (const block of blocks) {
        const item = itemIn(block);
        // As long as the consumer works on it, nobody says that the server is silent.
        clearTimeout(silence);
        if (item) yield item;
        silence = setTimeout(end, SILENCE_MS_MAX);
      }
    }
  } finally {
    clearTimeout(silence);
    signal?.removeEventListener("abort", end);
    end();
  }
}

function addressOf(url, app, { after, since, startAt, ...rest }) {
  const address = new URL("/changes", url);
  address.searchParams.set("app", app);
  for (const [name, value] of Object.entries({ after, since, startAt })) {
    if (typeof value === "string") address.searchParams.set(name, value);
  }
  for (const name of ["environments", "kinds", "types", "entities"]) {
    for (const value of rest[name] ?? []) address.searchParams.append(name, value);
  }
  // A tag may hold a comma, at which a list would be cut.
  for (const tag of rest.tags ?? []) address.searchParams.append("tag", tag);
  return address;
}

/** Null for a comment. @throws for what ended the stream. */
function itemIn(block) {
  const data = /^data: (.*)$/m.exec(block)?.[1];
  if (data === undefined) return null;
  if (!/^event: error$/m.test(block)) return JSON.parse(data);
  throw errorOf(JSON.parse(data), 200);
}

async function refusalOf(response) {
  const body = await response.json().catch(() => null);
  return errorOf(body, response.status);
}

/** Whoever took nothing for too long goes on from where they were, too. */
const PASSING = ["UNAVAILABLE", "RATE_LIMITED", "INTERNAL", "SLOW_CONSUMER"];

/** What is over in a while is an ordinary error; all else is refused. */
function errorOf(body, status) {
  const { message = `The server answered ${status}.`, extensions = {} } = body?.errors?.[0] ?? {};
  const { code = "UNKNOWN" } = extensions;
  const passes = status >= 500 || status === 429 || PASSING.includes(code);
  return passes ? new Error(message) : new ChangesRefused(message, code, status);
}

/** Longer after each failure, and not the same for everybody who has lost the same server. */
function wait(failures, signal) {
  const ms = Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** failures) * (0.5 + Math.random() / 2);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
}
