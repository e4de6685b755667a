import type { JWTVerifyGetKey } from "jose" with { "resolution-mode": "import" };

/** How long the answer with the keys may take. */
export const JWKS_MS_MAX = 3_000;
export const JWKS_BYTES_MAX = 262_144;
/** How long keys count without being read again: how long one that was withdrawn may still be good. */
export const JWKS_KNOWN_MS_MAX = 10 * 60_000;
/** A key that nobody knows makes the keys be read again, and so does a failure, but not more often than this. */
export const JWKS_COOLDOWN_MS = 15_000;

/** Nobody can say for the moment whether a JWT is good: neither refused nor let in. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

type Options = Readonly<{ url: string; nowMs: () => number }>;

/** The keys of an identity provider, read when they are needed. No redirect is followed, and nothing is read without end. */
export async function createJwks({ url, nowMs }: Options): Promise<JWTVerifyGetKey> {
  const { createLocalJWKSet, errors } = await import("jose");
  let known: { keys: JWTVerifyGetKey; readAtMs: number } | null = null;
  let triedAtMs = -Infinity;
  let reading: Promise<void> | null = null;

  const read = async (): Promise<void> => {
    triedAtMs = nowMs();
    const document = await fetchKeys(url);
    try {
      // It checks the form; each key is checked when it is used.
      known = { keys: createLocalJWKSet(document as never), readAtMs: triedAtMs };
    } catch {
      throw new KeysUnavailable(`${url} holds no JSON Web Key Set.`);
    }
  };
  const readOnce = (): Promise<void> => (reading ??= read().finally(() => (reading = null)));
  const isCooling = (): boolean => reading === null && nowMs() - triedAtMs < JWKS_COOLDOWN_MS;
  const current = async (): Promise<JWTVerifyGetKey> => {
    if (!known || nowMs() - known.readAtMs >= JWKS_KNOWN_MS_MAX) {
      if (isCooling())
        throw new KeysUnavailable("The identity provider's keys could not be read a moment ago.");
      await readOnce();
    }
    if (!known) throw new KeysUnavailable("The identity provider's keys could not be read.");
    return known.keys;
  };
  return async (header, token) => {
    const keys = await current();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || isCooling()) throw error;
      // The provider may have made a new key since.
      await readOnce();
      return (await current())(header, token);
    }
  };
}

async function fetchKeys(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/jwk-set+json, application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(JWKS_MS_MAX),
    });
    if (response.status !== 200) throw new KeysUnavailable(`${url} answered ${response.status}.`);
    return JSON.parse(await textOf(response)) as unknown;
  } catch (error) {
    if (error instanceof KeysUnavailable) throw error;
    throw new KeysUnavailable(`${url} gave no keys: ${String(error)}`);
  }
}

/** Counted as it comes, unpacked: what is announced, and what was packed, may be anything. */
async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > JWKS_BYTES_MAX) throw new KeysUnavailable(`The keys have more than ${JWKS_BYTES_MAX} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
