import { APPS_MAX, instanceDecider, type InstanceCommand } from "../../src/apps/instance.decider";
import type { InstanceEvent } from "../../src/apps/instance.events";
import { deciding } from "../support/deciding";

const { given, state } = deciding(instanceDecider);
const register = (slug: string): InstanceCommand => ({ type: "RegisterApp", data: { slug, name: "Shop" } });
const registered = (slug: string): InstanceEvent => ({
  type: "AppRegistered",
  data: { slug, name: "Shop", note: "", copiedFrom: null },
});
const token = (tokenId: string) => ({ tokenId, hash: `hash of ${tokenId}` });
const issued = (tokenId: string): InstanceEvent => ({ type: "AdminTokenIssued", data: token(tokenId) });

describe("registering an app", () => {
  it("reserves its slug", () => {
    given().when(register("shop")).yields(registered("shop"));
    given(registered("shop")).when(register("shop-2")).yields(registered("shop-2"));
  });

  it("refuses a slug that is taken", () => {
    given(registered("shop"))
      .when(register("shop"))
      .isRefusedWith({ code: "TAKEN", path: ["slug"] });
  });

  it("takes slugs that objects inherit as what they are", () => {
    given().when(register("constructor")).yields(registered("constructor"));
  });

  it("refuses one app more than a server holds", () => {
    const apps = Array.from({ length: APPS_MAX }, (_, index) => registered(`shop-${index}`));
    given(...apps.slice(1))
      .when(register("last"))
      .yields(registered("last"));
    given(...apps)
      .when(register("last"))
      .isRefused("LIMIT_REACHED");
  });
});

describe("issuing the admin token", () => {
  it("replaces the one before it", () => {
    given(issued("t1"))
      .when({ type: "IssueAdminToken", data: token("t2") })
      .yields(issued("t2"));
    expect(state([issued("t1"), issued("t2")]).adminToken).toEqual({ ...token("t2"), isRevoked: false });
  });

  it("does nothing when it is repeated", () => {
    given(issued("t1"))
      .when({ type: "IssueAdminToken", data: token("t1") })
      .yieldsNothing();
  });
});
