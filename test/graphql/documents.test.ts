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
});
