import { readFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { answering, startReceiver, type Receiver } from "./receiver";
import { createSender, type Sender } from "../../src/webhooks/sender";

let receiver: Receiver;
let sender: Sender;
beforeEach(async () => {
  receiver = await startReceiver();
  sender = createSender({ arePrivateAllowed: true, answerMs: 300, bodyMs: 100 });
});
afterEach(async () => {
  sender.close();
  await receiver.close();
});

/** Of a certificate for localhost that nobody but itself vouches for. */
const fixture = (name: string) => readFileSync(join(__dirname, `selfSigned.${name}.pem`));

const send = (url = receiver.url) => sender.send({ url, body: '{"ä":1}', headers: { "webhook-id": "1" } });

describe("an attempt", () => {
  it.each([200, 201, 202, 204, 299])("that is answered by %i was taken", async (status) => {
    receiver.answerWith(answering(status));
    expect(await send()).toMatchObject({ status, error: null });
    expect(receiver.received).toMatchObject([{ body: '{"ä":1}', headers: { "webhook-id": "1" } }]);
  });

  it.each([400, 404, 410, 429, 500, 503])("that is answered by %i failed", async (status) => {
    receiver.answerWith(answering(status));
    expect(await send()).toMatchObject({ status, error: `It answered ${status}.` });
  });

  it.each([302, 404, 429, 503])(
    "that is answered by %i tells when to come back, if it says so",
    async (status) => {
      receiver.answerWith(answering(status, { "retry-after": "120" }));
      expect(await send()).toMatchObject({ status, retryAfter: "120" });
      receiver.answerWith(answering(status));
      expect(await send()).toMatchObject({ status, retryAfter: null });
      receiver.answerWith(answering(200, { "retry-after": "120" }));
      expect(await send()).toMatchObject({ error: null, retryAfter: null });
    },
  );

  it.each([301, 302, 307, 308])("follows no redirect by %i", async (status) => {
    receiver.answerWith(answering(status, { location: receiver.url }));
    expect(await send()).toMatchObject({
      status,
      error: `It answered ${status}, and redirects are not followed.`,
    });
    expect(receiver.received).toHaveLength(1);
  });

  it("reads little of an answer that is long, and none of what never ends", async () => {
    let sent = 0;
    receiver.answerWith((response) => {
      response.writeHead(200, { "content-length": String(2 ** 30) });
      const chunk = Buffer.alloc(65_536);
      const more = (): void => {
        while (!response.destroyed && sent < 2 ** 30) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
      };
      more();
    });
    expect(await send()).toMatchObject({ status: 200, error: null });
    expect(sent).toBeLessThan(2 ** 26);
    receiver.answerWith((response) => response.writeHead(200).write("and so on"));
    expect(await send()).toMatchObject({ status: 200, error: null });
  });

  it("ends when there is no answer in time, also if one comes byte by byte", async () => {
    receiver.answerWith(() => undefined);
    expect(await send()).toMatchObject({ status: null, error: "There was no answer within 300 ms." });
    const sockets: Socket[] = [];
    const dripping = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.write("HTTP/1.1 200 OK\r\nx-long: ");
      const timer = setInterval(() => socket.write("a"), 10);
      socket.on("close", () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => dripping.listen(0, "127.0.0.1", resolve));
    const answer = await send(`http://127.0.0.1:${(dripping.address() as AddressInfo).port}/`);
    expect(answer).toMatchObject({ status: null, error: "There was no answer within 300 ms." });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => dripping.close(resolve));
  });

  it("fails where nobody listens, and where the connection is cut", async () => {
    const gone = await startReceiver();
    await gone.close();
    expect((await send(gone.url)).error).toContain("ECONNREFUSED");
    receiver.answerWith((response) => void response.socket?.destroy());
    expect(await send()).toMatchObject({ status: null, error: "socket hang up" });
    expect((await send("http://hooks.invalid/")).error).toContain("hooks.invalid");
  });

  it("is made again at once when a kept connection turns out to be closed", async () => {
    expect(await send()).toMatchObject({ status: 204 });
    let isFirst = true;
    receiver.answerWith((response, received) => {
      if (isFirst) response.socket?.resetAndDestroy();
      else answering(204)(response, received);
      isFirst = false;
    });
    expect(await send()).toMatchObject({ status: 204, error: null });
    expect(receiver.received).toHaveLength(3);
  });

  it("takes no certificate that is not valid", async () => {
    let requests = 0;
    const server = createTlsServer({ key: fixture("key"), cert: fixture("cert") }, (_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const answer = await send(`https://localhost:${(server.address() as AddressInfo).port}/`);
    expect(answer).toMatchObject({ status: null, error: "self-signed certificate" });
    expect(requests).toBe(0);
    await new Promise((resolve) => server.close(resolve));
  });
});
