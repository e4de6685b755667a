import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { CryptoKey, GenerateKeyPairResult } from "jose" with { "resolution-mode": "import" };

export const ISSUER = "https://id.example.com/";
export const AUDIENCE = "product-experiences";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** An identity provider that shows its keys by HTTP, and makes JWTs, good ones and others. */
export type IdentityProvider = Readonly<{
  jwksUrl: string;
  /** How often its keys were asked for. */
  asked: () => number;
  /** Answers so from now on; null: with its keys. */
  answer: (how: Answer | null) => void;
  /** Shows and signs with another key from now on. */
  rotate: () => Promise<void>;
  /** Its present public key, as everybody can read it. */
  publicKey: () => Promise<string>;
  /** A good JWT, but for what is said. */
  jwt: (claims?: Readonly<Record<string, unknown>>, how?: SignedHow) => Promise<string>;
  stop: () => Promise<void>;
}>;

export type SignedHow = Readonly<{
  nowMs?: number;
  kid?: string;
  key?: CryptoKey | Uint8Array;
  alg?: string;
}>;

/** Made once, since it takes long to find them. */
const pairs = new Map<string, Promise<GenerateKeyPairResult>>();

export async function newKeyPair(alg: string): Promise<GenerateKeyPairResult> {
  const { generateKeyPair } = await import("jose");
  return generateKeyPair(alg, { extractable: true });
}

function firstKeyPair(alg: string): Promise<GenerateKeyPairResult> {
  const pair = pairs.get(alg) ?? newKeyPair(alg);
  pairs.set(alg, pair);
  return pair;
}

export async function startIdentityProvider(alg = "RS256"): Promise<IdentityProvider> {
  const { exportJWK, exportSPKI, SignJWT } = await import("jose");
  let asked = 0;
  let answer: Answer | null = null;
  let made = 0;
  let pair = await firstKeyPair(alg);
  const kid = (): string => `key-${made}`;
  const jwks = async (): Promise<string> => {
    const key = { ...(await exportJWK(pair.publicKey)), kid: kid(), alg, use: "sig" };
    return JSON.stringify({ keys: [key] });
  };
  const server = createServer((request, response) => {
    asked += 1;
    if (answer) return answer(request, response);
    void jwks().then((text) => response.setHeader("content-type", "application/json").end(text));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    jwksUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    asked: () => asked,
    answer: (how) => void (answer = how),
    async rotate() {
      pair = await newKeyPair(alg);
      made += 1;
    },
    publicKey: () => exportSPKI(pair.publicKey),
    async jwt(claims = {}, how = {}) {
      const at = Math.floor((how.nowMs ?? Date.now()) / 1_000);
      const usual = {
        iss: ISSUER,
        aud: AUDIENCE,
        sub: "auth0|ada",
        iat: at,
        exp: at + 300,
        roles: ["editors"],
      };
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: how.alg ?? alg, kid: how.kid ?? kid() })
        .sign(how.key ?? pair.privateKey);
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
