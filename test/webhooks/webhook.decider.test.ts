import type { AppCommand } from "../../src/apps/app.decider";
import type { AnyAppEvent } from "../../src/apps/app.state";
import { NOTE_LENGTH_MAX } from "../../src/lib/note";
import { WEBHOOK_OVERLAP_SECONDS_MAX, WEBHOOKS_MAX } from "../../src/webhooks/webhook.decider";
import type { WebhookContent } from "../../src/webhooks/webhook.events";
import {
  WEBHOOK_DESCRIPTION_LENGTH_MAX,
  WEBHOOK_URL_LENGTH_MAX,
} from "../../src/webhooks/webhookForm.policy";
import { given, run } from "../configs/shop";

const APP: AnyAppEvent = { type: "AppCreated", data: { slug: "shop", name: "Shop", note: "" } };
const ID = "webhook_shop_a";
const everything = { environments: null, kinds: null, types: null, entities: null };
const content: WebhookContent = { url: "https://example.com/hooks", description: "", filter: everything };
const created = (id = ID): AnyAppEvent => ({ type: "WebhookCreated", data: { id, ...content, note: "" } });
const disabled = { type: "WebhookDisabled", data: { id: ID, reason: "FAILED", note: "" } } as const;
const deleted = { type: "WebhookDeleted", data: { id: ID, note: "" } } as const;
const past = given(APP, created());

const create = (changes: object = {}): AppCommand => ({
  type: "CreateWebhook",
  data: { ...content, note: "", ...changes },
});
/** A command about the webhook, or about another one if the data says so. */
const about = (type: string, data: object = {}) =>
  ({ type, data: { webhookId: ID, note: "", ...data } }) as AppCommand;
const edit = (data: object) => about("EditWebhook", { filter: {}, ...data });
const long = "x".repeat(NOTE_LENGTH_MAX + 1);

/** Each reason as its path and words. */
const told = ({ decision }: ReturnType<(typeof past)["when"]>) =>
  decision.outcome === "refused"
    ? decision.reasons.map(({ code, path, message }) => `${code} ${path.join(".")}: ${message}`)
    : [];

describe("creating a webhook", () => {
  it("records where to send what, with a note", () =>
    given(APP)
      .when(create({ description: "Ours.", filter: { ...everything, kinds: ["Key"] }, note: "why" }))
      .yields({
        type: "WebhookCreated",
        data: {
          id: "webhook_shop_command0",
          url: "https://example.com/hooks",
          description: "Ours.",
          filter: { ...everything, kinds: ["Key"] },
          note: "why",
        },
      }));

  it("spells the URL as it is on the wire", () =>
    given(APP)
      .when(create({ url: "HTTP://0x7f.1:80/a b" }))
      .yields({
        type: "WebhookCreated",
        data: { id: "webhook_shop_command0", ...content, url: "http://127.0.0.1/a%20b", note: "" },
      }));

  it.each([
    ["a protocol of files", "file:///etc/passwd"],
    ["another protocol", "ftp://example.com"],
    ["none", "example.com"],
    ["no host", "https://"],
  ])("refuses a URL of %s", (_what, url) => {
    expect(told(given(APP).when(create({ url })))).toEqual([
      "INVALID url: The URL must start with https:// or http://, as https://example.com/hooks.",
    ]);
  });

  it.each(["https://user@example.com", "https://:password@example.com"])(
    "refuses %s and does not show it",
    (url) => {
      expect(told(given(APP).when(create({ url })))).toEqual([
        "INVALID url: The URL must hold no user and no password; the receiver knows us by the signature.",
      ]);
    },
  );

  it("bounds the URL, the description and the note", () => {
    const url = `https://example.com/${"x".repeat(WEBHOOK_URL_LENGTH_MAX - 20)}`;
    const description = "x".repeat(WEBHOOK_DESCRIPTION_LENGTH_MAX);
    const note = "x".repeat(NOTE_LENGTH_MAX);
    expect(told(given(APP).when(create({ url, description, note })))).toEqual([]);
    expect(
      told(given(APP).when(create({ url: `${url}x`, description: `${description}x`, note: long }))).map(
        (reason) => reason.split(":")[0],
      ),
    ).toEqual(["INVALID url", "INVALID description", "INVALID note"]);
    expect(told(given(APP).when(create({ url: "" })))).toHaveLength(1);
    expect(told(given(APP).when(create({ url: `${url}x` })))[0]).toContain(`The URL`);
    expect(told(given(APP).when(create({ description: `${description}x` })))[0]).toContain("The description");
  });

  it("makes no more than an app may have, of which none counts that was deleted", () => {
    const ids = Array.from({ length: WEBHOOKS_MAX - 1 }, (_, index) => created(`webhook_shop_${index}`));
    expect(told(given(APP, ...ids).when(create()))).toEqual([]);
    expect(told(given(APP, ...ids, created()).when(create()))).toEqual([
      `LIMIT_REACHED : An app has at most ${WEBHOOKS_MAX} webhooks; delete one first.`,
    ]);
    expect(told(given(APP, ...ids, created(), deleted).when(create()))).toEqual([]);
  });
});

describe("editing a webhook", () => {
  it("changes what is given and leaves the rest", () => {
    past.when(edit({ url: "https://example.org", note: "why" })).yields({
      type: "WebhookEdited",
      data: { id: ID, ...content, url: "https://example.org/", note: "why" },
    });
    past.when(edit({ description: "Ours." })).yields({
      type: "WebhookEdited",
      data: { id: ID, ...content, description: "Ours.", note: "" },
    });
    past.when(edit({ filter: { types: ["KeyCreated"] } })).yields({
      type: "WebhookEdited",
      data: { id: ID, ...content, filter: { ...everything, types: ["KeyCreated"] }, note: "" },
    });
  });

  it("starts from the edit before it", () => {
    const filter = { ...everything, kinds: ["Key"], entities: ["colour"] };
    const edited: AnyAppEvent = { type: "WebhookEdited", data: { id: ID, ...content, filter, note: "" } };
    given(APP, created(), edited)
      .when(edit({ filter: { kinds: null } }))
      .yields({
        type: "WebhookEdited",
        data: { id: ID, ...content, filter: { ...everything, entities: ["colour"] }, note: "" },
      });
  });

  it("does nothing if nothing is another", () => {
    past.when(edit({})).yieldsNothing();
    past.when(edit({ url: "https://EXAMPLE.com/hooks", filter: { kinds: null } })).yieldsNothing();
  });

  it("says everything that is wrong with it, its note once", () =>
    expect(
      told(past.when(edit({ url: "x", description: "\u0000", note: long }))).map(
        (reason) => reason.split(":")[0],
      ),
    ).toEqual(["INVALID url", "INVALID description", "INVALID note"]));
});

describe("a webhook", () => {
  it.each([
    "EditWebhook",
    "RotateWebhookSecret",
    "ReplayWebhook",
    "DisableWebhook",
    "EnableWebhook",
    "DeleteWebhook",
  ])("must be there for %s", (type) => {
    const asked = about(type, { filter: {}, webhookId: "w".repeat(300), note: long });
    expect(told(past.when(asked))).toEqual([
      `NOT_FOUND webhookId: There is no webhook "${"w".repeat(200)}"; check its id.`,
      expect.stringContaining("INVALID note"),
    ]);
    expect(told(given(APP, created(), deleted).when(about(type, { filter: {} })))).toHaveLength(1);
  });

  it.each(["RotateWebhookSecret", "ReplayWebhook", "DisableWebhook", "EnableWebhook", "DeleteWebhook"])(
    "takes only a bounded note for %s",
    (type) => {
      const data = { overlapSeconds: 0, afterRevision: 0, reason: "BY_HAND", note: long };
      past.when(about(type, data)).isRefusedWith({ code: "INVALID", path: ["note"] });
    },
  );

  it("gets another secret, beside which the old one signs for so long", () => {
    past
      .when(about("RotateWebhookSecret", { overlapSeconds: 90, note: "why" }), {
        at: "2026-01-01T00:00:00.000Z",
      })
      .yields({
        type: "WebhookSecretRotated",
        data: { id: ID, previousEndsAt: "2026-01-01T00:01:30.000Z", note: "why" },
      });
    for (const overlapSeconds of [0, WEBHOOK_OVERLAP_SECONDS_MAX]) {
      expect(told(past.when(about("RotateWebhookSecret", { overlapSeconds })))).toEqual([]);
    }
    for (const overlapSeconds of [-1, 0.5, WEBHOOK_OVERLAP_SECONDS_MAX + 1]) {
      expect(told(past.when(about("RotateWebhookSecret", { overlapSeconds })))).toEqual([
        "INVALID overlapSeconds: The old secret can sign for 0 to 604800 seconds longer, which are 7 days.",
      ]);
    }
  });

  it("is sent again what happened after a revision, at most the last one", () => {
    for (const afterRevision of [-1, 1]) {
      past
        .when(about("ReplayWebhook", { afterRevision, note: "why" }))
        .yields({ type: "WebhookReplayed", data: { id: ID, afterRevision, note: "why" } });
    }
    expect(told(past.when(about("ReplayWebhook", { afterRevision: 2 })))).toEqual([
      "INVALID after: Nothing has happened there yet.",
    ]);
  });

  it("is disabled once and enabled once", () => {
    const disable = about("DisableWebhook", { reason: "BY_HAND", note: "why" });
    const enable = about("EnableWebhook", { note: "why" });
    past.when(disable).yields({ type: "WebhookDisabled", data: { id: ID, reason: "BY_HAND", note: "why" } });
    past.when(enable).yieldsNothing();
    const off = given(APP, created(), disabled);
    off.when(disable).yieldsNothing();
    off.when(enable).yields({ type: "WebhookEnabled", data: { id: ID, note: "why" } });
    const on = run([APP, created(), disabled], enable);
    given(...on)
      .when(enable)
      .yieldsNothing();
  });

  it("is deleted", () =>
    past
      .when(about("DeleteWebhook", { note: "why" }))
      .yields({ type: "WebhookDeleted", data: { id: ID, note: "why" } }));
});
