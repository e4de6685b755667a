import { connect, type Socket } from "node:net";

const [address = "", token = "", query = "", connections = "16", warmUpMs = "0", measureMs = "0"] =
  process.argv.slice(2);

void main();

/** Posts one document over and over, in a process of its own, and prints how many answers came per second. */
async function main(): Promise<void> {
  const { hostname, port } = new URL(address);
  const request = requestText(hostname);
  const count = { answers: 0 };
  const sockets = Array.from({ length: Number(connections) }, () =>
    ask(connect(Number(port), hostname), request, count),
  );
  await sleep(Number(warmUpMs));
  count.answers = 0;
  const startedAt = performance.now();
  await sleep(Number(measureMs));
  console.log((count.answers * 1_000) / (performance.now() - startedAt));
  for (const socket of sockets) socket.destroy();
}

function requestText(host: string): string {
  const body = JSON.stringify({ query });
  return [
    "POST /graphql HTTP/1.1",
    `host: ${host}`,
    "content-type: application/json",
    `authorization: Bearer ${token}`,
    `content-length: ${Buffer.byteLength(body)}`,
    `\r\n${body}`,
  ].join("\r\n");
}

/** Sends the next request when the answer to the last one is whole. By hand, since a client library costs as much as the server. */
function ask(socket: Socket, request: string, count: { answers: number }): Socket {
  let received = "";
  socket.setNoDelay(true);
  socket.on("connect", () => socket.write(request));
  socket.on("error", (error) => {
    throw error;
  });
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
    const bodyAt = received.indexOf("\r\n\r\n") + 4;
    const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Infinity);
    if (bodyAt < 4 || received.length < bodyAt + length) return;
    if (!received.startsWith("HTTP/1.1 200") || received.includes(`"errors"`)) throw new Error(received);
    received = "";
    count.answers += 1;
    socket.write(request);
  });
  return socket;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
