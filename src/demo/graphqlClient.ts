export type Send = (document: string, variables?: Record<string, unknown>) => Promise<Answered>;

/** What a request came to: its data, read by path. */
export type Answered = Readonly<{ at: (path: string) => unknown; data: unknown }>;

/** A client of one server for the demo: every error is thrown with the words that the server gave. */
export function graphqlClient(address: string, token: string): Send {
  return async (query, variables = {}) => {
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as { data?: unknown; errors?: { message: string }[] };
    if (body.errors) throw new Error(body.errors.map(({ message }) => message).join("\n"));
    return { data: body.data, at: (path) => valueAt(body.data, path) };
  };
}

/** Sends a mutation that must not be refused. */
export async function done(send: Send, document: string, variables: Record<string, unknown>) {
  const answered = await send(document, variables);
  const payloads = Object.values(answered.data as Record<string, { errors: { message: string }[] }>);
  const messages = payloads.flatMap(({ errors }) => errors.map(({ message }) => message));
  if (messages.length > 0) throw new Error(messages.join("\n"));
  return answered;
}

function valueAt(data: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], data);
}
