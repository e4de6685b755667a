import "reflect-metadata";
import { CONSUMERS_PER_APP_MAX, PARTITIONS_MAX } from "../../src/changes/consumers.policy";
import { app, codes, create, first, instance, shown, useTwoServers } from "./consumers";

useTwoServers();

describe("making a consumer", () => {
  it.each([
    ["no name", { name: "" }, ["INVALID"]],
    ["a name with a blank", { name: "my cache" }, ["INVALID"]],
    ["a name that is too long", { name: "a".repeat(65) }, ["INVALID"]],
    ["the longest name", { name: "a".repeat(64) }, []],
    ["no partition", { partitions: 0 }, ["INVALID"]],
    ["too many partitions", { partitions: PARTITIONS_MAX + 1 }, ["INVALID"]],
    ["the most partitions", { partitions: PARTITIONS_MAX }, []],
  ])("takes or refuses %s", async (_, input, expected) => {
    expect(await codes(create(input))).toEqual(expected);
  });

  it("refuses a name that is taken, also to those who ask at once", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => codes(create())));
    expect(answers.sort()).toEqual([[], ["TAKEN"], ["TAKEN"], ["TAKEN"], ["TAKEN"]]);
  });

  it("refuses one more than an app may have", async () => {
    for (let index = 0; index < CONSUMERS_PER_APP_MAX; index++)
      expect(await codes(create({ name: `c${index}` }))).toEqual([]);
    expect(await codes(create())).toEqual(["LIMIT_REACHED"]);
  });

  it.each([
    ["an app that there is not", { app: "nowhere" }, "NOT_FOUND"],
    ["a cursor that is none", { startAt: null, after: "forged" }, "CURSOR_UNKNOWN"],
    ["two places", { after: "forged" }, "BAD_USER_INPUT"],
  ])("is refused for %s", async (_, wrong, code) => {
    const { body } = await first.post({
      query:
        "mutation($input: CreateConsumerInput!) { r: createConsumer(input: $input) { errors { code } } }",
      variables: { input: { app, name: "cache", startAt: "BEGINNING", ...wrong } },
    });
    expect(body.errors?.map(({ extensions }) => extensions?.["code"])).toEqual([code]);
  });

  it("does not mix with a start of one's own, nor with a name of an instance that is too long", async () => {
    await create();
    const cursor = (await shown())?.partitions[0]?.cursor;
    expect(await instance(first, { after: cursor }).refusal()).toBe("BAD_USER_INPUT");
    expect(await instance(first, { instance: "a".repeat(65) }).refusal()).toBe("BAD_USER_INPUT");
  });
});
