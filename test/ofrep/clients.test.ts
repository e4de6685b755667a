import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature as OpenFeatureServer, ProviderStatus } from "@openfeature/server-sdk";
import { OpenFeature as OpenFeatureWeb, type Provider } from "@openfeature/web-sdk";
import { openOfrepShop, type OfrepShop } from "./shop";

let shop: OfrepShop;
beforeAll(async () => void (shop = await openOfrepShop()));
afterAll(async () => {
  await OpenFeatureServer.close();
  await OpenFeatureWeb.close();
  await shop.server.stop();
});

const berliner = { targetingKey: "u1", city: "Berlin" };
const headersFor = (secret: string): [string, string][] => [["Authorization", `Bearer ${secret}`]];

describe("the OpenFeature SDK for servers", () => {
  const clientWith = async (secret: string) => {
    const provider = new OFREPProvider({ baseUrl: shop.server.address, headers: headersFor(secret) });
    await OpenFeatureServer.setProviderAndWait(secret, provider);
    return OpenFeatureServer.getClient(secret);
  };

  it("gets values of every type, with reasons and metadata", async () => {
    const client = await clientWith(shop.service);
    expect(await client.getBooleanValue("on", false, berliner)).toBe(true);
    expect(await client.getNumberValue("plain", 0, berliner)).toBe(7);
    expect(await client.getObjectValue("object", {}, berliner)).toEqual({ a: 1 });
    expect(await client.getObjectValue("list", [], berliner)).toEqual([1, 2]);
    expect(await client.getStringDetails("colour", "", berliner)).toMatchObject({
      value: "blue",
      reason: "TARGETING_MATCH",
      flagMetadata: { sourceKind: "Config", version: 2 },
    });
    expect(await client.getBooleanDetails("off", true, berliner)).toMatchObject({
      value: false,
      reason: "DISABLED",
    });
  });

  it("is told in codes of its own what went wrong, and falls back", async () => {
    const client = await clientWith(shop.service);
    expect(await client.getStringDetails("none", "mine", berliner)).toMatchObject({
      value: "mine",
      reason: "ERROR",
      errorCode: "FLAG_NOT_FOUND",
    });
    expect(await client.getBooleanDetails("half", true, {})).toMatchObject({
      value: true,
      errorCode: "TARGETING_KEY_MISSING",
    });
    const context = { targetingKey: "u", p: "x".repeat(100_000) };
    expect(await client.getStringDetails("colour", "mine", context)).toMatchObject({
      value: "mine",
      errorCode: "INVALID_CONTEXT",
    });
    const stranger = await clientWith("pe_server_none");
    expect(await stranger.getStringDetails("colour", "mine", berliner)).toMatchObject({
      value: "mine",
      reason: "ERROR",
    });
  });
});

describe("the OpenFeature SDK for web pages", () => {
  const clientWith = async (secret: string) => {
    const provider = new OFREPWebProvider({
      baseUrl: shop.server.address,
      headers: headersFor(secret),
      changeDetection: "none",
    });
    // The provider is built without exactOptionalPropertyTypes.
    await OpenFeatureWeb.setProviderAndWait(secret, provider as Provider);
    return OpenFeatureWeb.getClient(secret);
  };
  beforeEach(() => OpenFeatureWeb.setContext(berliner));

  it("gets values of every type at once, and nothing that is not for clients", async () => {
    const client = await clientWith(shop.client);
    expect(client.getBooleanValue("on", false)).toBe(true);
    expect(client.getNumberValue("plain", 0)).toBe(7);
    expect(client.getObjectValue("list", [])).toEqual([1, 2]);
    expect(client.getStringDetails("colour", "")).toMatchObject({
      value: "blue",
      reason: "TARGETING_MATCH",
      flagMetadata: {},
    });
    expect(client.getStringDetails("inner", "mine")).toMatchObject({
      value: "mine",
      errorCode: "FLAG_NOT_FOUND",
    });
  });

  it("gets other values when the context changes and the targeting key does not", async () => {
    const client = await clientWith(shop.client);
    await OpenFeatureWeb.setContext({ ...berliner, city: "Bonn" });
    expect(client.getStringValue("colour", "")).toBe("red");
    await OpenFeatureWeb.setContext(berliner);
    expect(client.getStringValue("colour", "")).toBe("blue");
  });

  it("stays unusable with a token that is none", async () => {
    await expect(clientWith("pe_client_none")).rejects.toThrow();
    expect(OpenFeatureWeb.getClient("pe_client_none").providerStatus).toBe(ProviderStatus.FATAL);
  });
});
