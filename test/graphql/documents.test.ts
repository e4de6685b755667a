import { createDocuments, DOCUMENTS_LENGTH_MAX } from "../../src/graphql/documents";
import { createSchema } from "../../src/graphql/schema";

const schema = createSchema();
const documents = () => createDocuments(schema, { hasIntrospection: true });
const SOURCE = "{ viewer { id } }";

describe("a document", () => {
  it("that was prepared once is not parsed, measured or validated again", () => {
    const { prepare, known } = documents();
    const prepared = prepare(SOURCE);
    expect(prepared.errors).toBeNull();
    expect(prepare(SOURCE)).toBe(prepared);
    expect(known(SOURCE)).toBe("document" in prepared ? prepared.document : undefined);
  });

  it("that is refused is not remembered", () => {
    const { prepare, known } = documents();
    expect(prepare("{ nope }").errors).toHaveLength(1);
    expect(known("{ nope }")).toBeUndefined();
  });

  it("is forgotten when others need the room", () => {
    const { prepare, known } = documents();
    prepare(SOURCE);
    const padding = "#".repeat(DOCUMENTS_LENGTH_MAX / 10);
    for (let index = 0; index < 10; index += 1) prepare(`${SOURCE} ${padding} ${index}`);
    expect(known(SOURCE)).toBeUndefined();
    expect(prepare(SOURCE).errors).toBeNull();
  });

  it("that asks for the schema is refused where that is not allowed", () => {
    const { prepare } = createDocuments(schema, { hasIntrospection: false });
    expect(prepare("{ __schema { types { name } } }").errors).not.toBeNull();
    expect(prepare("{ __typename }").errors).toBeNull();
  });

  it.each([
    `subscription ($x: Boolean!) { changes(app: "shop") @include(if: $x) { kind } }`,
    `subscription { changes(app: "shop") @skip(if: true) { kind } }`,
    `subscription ($x: Boolean!) { ... @skip(if: $x) { changes(app: "shop") { kind } } }`,
    `subscription ($x: Boolean!) { ...F } fragment F on Subscription { ...G } fragment G on Subscription { ...F changes(app: "shop") @include(if: $x) { kind } }`,
  ])("that subscribes on a condition is refused, and not thrown over: %s", (source) => {
    const { errors } = documents().prepare(source);
    expect(errors?.map(({ extensions }) => extensions["code"])).toEqual(["GRAPHQL_VALIDATION_FAILED"]);
    expect(errors?.[0]?.message).toMatch("neither @include nor @skip");
  });

  it("that asks on a condition for parts of what it subscribes to is taken", () => {
    const source = `subscription ($x: Boolean!) { ...F } fragment F on Subscription { changes(app: "shop") { kind @skip(if: $x) cursor } }`;
    expect(documents().prepare(source).errors).toBeNull();
  });
});
