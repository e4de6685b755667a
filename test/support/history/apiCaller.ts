import { BUILT_TOKEN } from "../builtServer";
import type { Outcome } from "./history";

/** Longer than a server takes to say that it does not know. */
const TIMEOUT_MS = 15_000;

type Variables = Readonly<Record<string, unknown>>;
type Body = Readonly<{
  data?: Readonly<Record<string, unknown>> | null;
  errors?: readonly Readonly<{ message: string; extensions?: Readonly<{ code?: string }> }>[];
}>;

/** The data of a query. @throws whatever it is that went wrong. */
export async function ask(address: string, query: string, variables: Variables = {}): Promise<unknown> {
  const { data, errors } = await send(address, query, variables);
  if (errors || !data) throw new Error(`${address} answered ${JSON.stringify(errors)}`);
  return data;
}

/**
 * Does a mutation, whose payload is called `r`. An answer that is an error of the server, or none, leaves open what became of it.
 * @throws for a mistake of ours, which no server can make good.
 */
export async function change(
  address: string,
  mutation: string,
  variables: Variables,
  at: Extract<Outcome, { kind: "ok" }>["at"] = null,
): Promise<Outcome> {
  const answer = await send(address, mutation, variables).catch(() => null);
  if (answer === null) return { kind: "unknown" };
  const { data, errors = [] } = answer;
  const code = errors[0]?.extensions?.code ?? null;
  if (code !== null && OPEN.has(code)) return { kind: "unknown" };
  const payload = data?.["r"] as { errors: { code: string; message: string }[] } | null | undefined;
  if (errors.length > 0 || !payload) throw new Error(`${mutation} was answered ${JSON.stringify(answer)}`);
  if (payload.errors.length === 0) return { kind: "ok", at };
  if (payload.errors.every((error) => error.code === "VERSION_CONFLICT")) return { kind: "refused" };
  throw new Error(`${mutation} was refused: ${JSON.stringify(payload.errors)}`);
}

const OPEN: ReadonlySet<string> = new Set(["UNAVAILABLE"]);

async function send(address: string, query: string, variables: Variables): Promise<Body> {
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${BUILT_TOKEN}` },
    body: JSON.stringify({ query, variables }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return (await response.json()) as Body;
}
