import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { FastifyInstance } from "fastify";

/** Serves the IDE at `/`: GraphiQL from our own packages, so that it works without internet. */
export function serveIde(fastify: FastifyInstance): void {
  for (const { url, type, path } of ASSETS) {
    let content: Promise<Buffer> | null = null;
    fastify.get(url, async (_request, reply) => {
      // Read once, when first asked: most servers never are.
      content ??= readFile(path());
      return reply
        .headers({
          "content-type": type,
          "cache-control": url === "/" ? "no-cache" : "public, max-age=3600",
          "content-security-policy": CONTENT_SECURITY_POLICY,
          "x-content-type-options": "nosniff",
          "referrer-policy": "no-referrer",
        })
        .send(await content);
    });
  }
}

// GraphiQL sets styles on elements, and its style sheet carries its fonts in itself.
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";
const PAGE = "text/html; charset=utf-8";

type Asset = Readonly<{ url: string; type: string; path: () => string }>;

const ASSETS: readonly Asset[] = [
  { url: "/", type: PAGE, path: ownFile("index.html") },
  { url: "/ide/start.js", type: SCRIPT, path: ownFile("start.js") },
  { url: "/ide/fetcher.js", type: SCRIPT, path: ownFile("fetcher.js") },
  { url: "/ide/examples.js", type: SCRIPT, path: ownFile("examples.js") },
  { url: "/ide/start.css", type: STYLE, path: ownFile("start.css") },
  { url: "/ide/graphiql.js", type: SCRIPT, path: packageFile("graphiql/graphiql.min.js") },
  { url: "/ide/graphiql.css", type: STYLE, path: packageFile("graphiql/graphiql.min.css") },
  { url: "/ide/react.js", type: SCRIPT, path: packageFile("react/umd/react.production.min.js") },
  { url: "/ide/react-dom.js", type: SCRIPT, path: packageFile("react-dom/umd/react-dom.production.min.js") },
];

/** `public/` stands beside both `src/` and `dist/`. */
function ownFile(name: string): Asset["path"] {
  return () => join(__dirname, "..", "..", "public", "ide", name);
}

/** By the package's folder, since packages do not export these files by name. */
function packageFile(name: string): Asset["path"] {
  const [packageName = "", ...path] = name.split("/");
  return () => join(dirname(require.resolve(`${packageName}/package.json`)), ...path);
}
