import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook as Verifier } from "standardwebhooks";

/** One request as a receiver got it. */
export type Received = Readonly<{ path: string; headers: IncomingHttpHeaders; body: string }>;

/** What it is about, as its body says. */
export type ReceivedEvent = Readonly<{ id: string; type: string; subject: string; sequence: string }>;

export type Receiver = Readonly<{
  url: string;
  received: Received[];
  events: () => ReceivedEvent[];
  /** Answers from now on in this way. */
  answerWith: (answer: Answerer) => void;
  close: () => Promise<void>;
}>;

export type Answerer = (response: ServerResponse, received: Received) => void;

export const answering =
  (status: number, headers: Record<string, string> = {}): Answerer =>
  (response) =>
    void response.writeHead(status, headers).end();

/** Somebody's service: a real HTTP server on this machine, which takes everything unless it is told otherwise. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = [];
  let answerer: Answerer = answering(204);
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const got = { path: request.url ?? "", headers: request.headers, body };
      received.push(got);
      answerer(response, got);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    events: () => received.map(({ body }) => JSON.parse(body) as ReceivedEvent),
    answerWith: (answer) => void (answerer = answer),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the package of Standard Webhooks makes of it. @throws if the signature does not fit. */
export function verified(secret: string, { body, headers }: Received): unknown {
  return new Verifier(secret).verify(body, headers as Record<string, string>);
}

/** Whether one of its signatures is what the package makes by this secret, whenever that was. */
export function isSignedBy(secret: string, { body, headers }: Received): boolean {
  const at = new Date(Number(headers["webhook-timestamp"]) * 1_000);
  const expected = new Verifier(secret).sign(String(headers["webhook-id"]), at, body);
  return String(headers["webhook-signature"]).split(" ").includes(expected);
}
