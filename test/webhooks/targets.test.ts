import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { startReceiver } from "./receiver";
import { createSender } from "../../src/webhooks/sender";
import { isPublicAddress, targetFault } from "../../src/webhooks/targets";

const REFUSED = [
  ["0.0.0.0", "this host"],
  ["127.0.0.1", "loopback"],
  ["127.9.9.9", "loopback"],
  ["10.0.0.1", "private"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["192.168.0.1", "private"],
  ["169.254.169.254", "link-local: metadata of clouds"],
  ["100.64.0.1", "carrier-grade NAT"],
  ["198.18.0.1", "for benchmarks"],
  ["192.0.2.1", "for documents"],
  ["224.0.0.1", "multicast"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "broadcast"],
  ["::", "unspecified"],
  ["::1", "loopback"],
  ["::127.0.0.1", "compatible with an address of version 4"],
  ["::ffff:127.0.0.1", "mapped"],
  ["::ffff:10.0.0.1", "mapped"],
  ["::ffff:8.8.8.8", "mapped"],
  ["64:ff9b::7f00:1", "translated"],
  ["2002:7f00:1::", "6to4"],
  ["2001::1", "teredo"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "link-local with a zone"],
  ["fc00::1", "unique-local"],
  ["fd12:3456::1", "unique-local"],
  ["ff02::1", "multicast"],
  ["2001:db8::1", "for documents"],
  ["no address", "nothing at all"],
] as const;

describe("an address that is not of the public internet", () => {
  it.each(REFUSED)("is refused: %s (%s)", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])("is none of these: %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://017700000001/",
  ])("is found in a URL however it is spelled: %s", (url) => {
    expect(targetFault(url, false)).toContain("is not one of the public internet");
    expect(targetFault(url, true)).toBeNull();
  });
});

/** Names that resolve to something else each time that they are looked up. */
function changingNames(...answers: LookupAddress[][]): LookupFunction & { asked: () => number } {
  let asked = 0;
  const lookUp: LookupFunction = (_name, options, callback) => {
    const found = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    if (options.all === true) return callback(null, found);
    return callback(null, found[0]?.address ?? "", found[0]?.family ?? 4);
  };
  return Object.assign(lookUp, { asked: () => asked });
}

describe("a sender that may reach public addresses only", () => {
  const loopback = { address: "127.0.0.1", family: 4 };
  const message = (url: string) => ({ url, body: "{}", headers: {} });

  it("connects to no name that resolves to another one, also beside public ones", async () => {
    const receiver = await startReceiver();
    const url = receiver.url.replace("127.0.0.1", "hooks.example.com");
    for (const addresses of [[loopback], [{ address: "8.8.8.8", family: 4 }, loopback]]) {
      const sender = createSender({ arePrivateAllowed: false, lookUp: changingNames(addresses) });
      const answer = await sender.send(message(url));
      expect(answer).toMatchObject({ status: null });
      expect(answer.error).toContain("127.0.0.1 is not one of the public internet");
      sender.close();
    }
    expect(receiver.received).toHaveLength(0);
    await receiver.close();
  });

  it("connects to no address that stands in the URL itself", async () => {
    const receiver = await startReceiver();
    const sender = createSender({ arePrivateAllowed: false });
    for (const url of [receiver.url, receiver.url.replace("127.0.0.1", "localhost")]) {
      expect((await sender.send(message(url))).error).toContain("is not one of the public internet");
    }
    expect(receiver.received).toHaveLength(0);
    sender.close();
    await receiver.close();
  });

  it("looks a name up once for a connection, so that what was checked is what is connected to", async () => {
    const receiver = await startReceiver();
    const names = changingNames([loopback]);
    const sender = createSender({ arePrivateAllowed: true, lookUp: names });
    const url = receiver.url.replace("127.0.0.1", "hooks.example.com");
    expect(await sender.send(message(url))).toMatchObject({ status: 204, error: null });
    expect(names.asked()).toBe(1);
    sender.close();
    await receiver.close();
  });
});
