import type { GraphqlBody, TestServer } from "../support/wholeServer";

export type TokenInput = Readonly<Record<string, unknown>>;

const CREATE_TOKEN = `mutation($input: CreateTokenInput!) {
  createToken(input: $input) { token { id name kind role environments status app { slug } } secret errors { code message path } }
}`;

export type CreatedToken = {
  token: { id: string; status: string } | null;
  secret: string | null;
  errors: { code: string; path: string[]; message: string }[];
};

/** Asks for a token, and gives whatever comes of it. */
export async function askForToken(
  server: TestServer,
  input: TokenInput,
  secret?: string,
): Promise<CreatedToken> {
  const body = await sendAs(server, secret ?? server.token, CREATE_TOKEN, { input });
  if (body.errors) throw new Error(JSON.stringify(body.errors));
  return (body.data as { createToken: CreatedToken }).createToken;
}

/** A token that must be made: its id and its secret. */
export async function makeToken(
  server: TestServer,
  input: TokenInput,
): Promise<Readonly<{ id: string; secret: string }>> {
  const { token, secret, errors } = await askForToken(server, input);
  if (!token || secret === null) throw new Error(JSON.stringify(errors));
  return { id: token.id, secret };
}

/** The whole answer to whoever holds the secret. */
export async function sendAs(
  server: TestServer,
  secret: string,
  query: string,
  variables: object = {},
): Promise<GraphqlBody & { status: number }> {
  const { status, body } = await server.post(
    { query, variables },
    { authorization: secret === "" ? "" : `Bearer ${secret}` },
  );
  return { status, ...body };
}

/** The data of an operation that must succeed for whoever holds the secret. */
export async function readAs<Data>(
  server: TestServer,
  secret: string,
  query: string,
  variables: object = {},
): Promise<Data> {
  const { data, errors } = await sendAs(server, secret, query, variables);
  if (errors) throw new Error(JSON.stringify(errors));
  return data as Data;
}

/** The code of the top-level error, or null if there is none. */
export const codeOf = ({ errors }: GraphqlBody): unknown => errors?.[0]?.extensions?.["code"] ?? null;
