import fastifyFactory, { type FastifyInstance } from "fastify";
import { GraphQLError, type ExecutionResult } from "graphql";
import { createAnswerAtOnce, REMEMBERED_HEADERS_LENGTH_MAX } from "../../src/http/answerAtOnce";
import { createApollo } from "../../src/http/apollo";
import { createDocuments } from "../../src/graphql/documents";
import { createSchema } from "../../src/graphql/schema";

type Server = FastifyInstance & { asked: number; executed: number; result: ExecutionResult };

let server: Server;
beforeEach(async () => void (server = await startAnswering()));
afterEach(() => server.close());

/** Answers every request with one result, and counts what Apollo Server is asked for and what is executed. */
async function startAnswering(): Promise<Server> {
  const schema = createSchema();
  const documents = createDocuments(schema, { hasIntrospection: true });
  const apollo = createApollo({ schema, documents, report: () => undefined });
  await apollo.start();
  const fastify: Server = Object.assign(fastifyFactory(), {
    asked: 0,
    executed: 0,
    result: { data: { a: 1 } },
  });
  const answerAtOnce = createAnswerAtOnce({
    executeHTTPGraphQLRequest(request) {
      fastify.asked += 1;
      return apollo.executeHTTPGraphQLRequest(request);
    },
  });
  fastify.addHook("onClose", () => apollo.stop());
  fastify.post("/", (request, reply) =>
    answerAtOnce(request, reply, () => {
      fastify.executed += 1;
      return Promise.resolve(fastify.result);
    }),
  );
  return fastify;
}

const DOCUMENT = { query: "{ viewer { id } }" };

async function post(headers: Record<string, string> = {}, more: object = {}) {
  const {
    statusCode,
    body,
    headers: answered,
  } = await server.inject({
    method: "POST",
    url: "/",
    headers: { "content-type": "application/json", ...headers },
    payload: { ...DOCUMENT, ...more },
  });
  return { status: statusCode, body, type: answered["content-type"] };
}

const JSON_TYPE = "application/json; charset=utf-8";
const GRAPHQL_TYPE = "application/graphql-response+json; charset=utf-8";

it("asks Apollo Server how headers are answered that are new, and not again", async () => {
  for (let time = 0; time < 3; time++) {
    expect(await post()).toEqual({ status: 200, body: `{"data":{"a":1}}\n`, type: JSON_TYPE });
  }
  expect(server).toMatchObject({ asked: 1, executed: 3 });
});

it("answers in the media type that each request asks for", async () => {
  const accepts = { [GRAPHQL_TYPE]: "application/graphql-response+json", [JSON_TYPE]: "*/*" };
  for (let time = 0; time < 2; time++) {
    for (const [type, accept] of Object.entries(accepts))
      expect(await post({ accept })).toMatchObject({ type });
  }
  expect(server.asked).toBe(2);
});

it("asks Apollo Server about every result with errors, which is executed once", async () => {
  await post();
  server.result = { data: null, errors: [new GraphQLError("no", { extensions: { code: "NOT_FOUND" } })] };
  for (let time = 0; time < 2; time++) {
    expect((await post()).body).toBe(
      `{"errors":[{"message":"no","extensions":{"code":"NOT_FOUND"}}],"data":null}\n`,
    );
  }
  expect(server).toMatchObject({ asked: 3, executed: 3 });
});

it("remembers nothing of a request that failed", async () => {
  const result = server.result;
  server.result = { errors: [new GraphQLError("no", { extensions: { code: "NOT_FOUND" } })] };
  expect((await post()).status).toBe(400);
  server.result = result;
  expect((await post()).status).toBe(200);
  expect(server.asked).toBe(2);
});

it("refuses a media type that there is no answer in, each time", async () => {
  for (let time = 0; time < 2; time++) expect((await post({ accept: "text/html" })).status).toBe(406);
  expect(server.asked).toBe(2);
});

it("executes nothing for a page of another origin, each time", async () => {
  server.addContentTypeParser("text/plain", { parseAs: "string" }, (_request, text, done) =>
    done(null, JSON.parse(String(text))),
  );
  for (let time = 0; time < 2; time++)
    expect((await post({ "content-type": "text/plain" })).status).toBe(400);
  expect(server).toMatchObject({ asked: 2, executed: 0 });
});

it("leaves persisted queries to Apollo Server, and what is no extension", async () => {
  await post();
  for (const extensions of [{ persistedQuery: { version: 1 } }, "text", 0, []]) {
    expect((await post({}, { extensions })).body).toContain(`"errors"`);
  }
  expect(server).toMatchObject({ asked: 5, executed: 1 });
  expect((await post({}, { extensions: { of: "a client" } })).status).toBe(200);
  expect((await post({}, { extensions: null })).status).toBe(200);
  expect(server.asked).toBe(5);
});

it("remembers headers up to a bound", async () => {
  const accept = (length: number) => "application/json, a/".padEnd(length - "application/json\n".length, "b");
  const longest = accept(REMEMBERED_HEADERS_LENGTH_MAX);
  for (let time = 0; time < 2; time++) expect((await post({ accept: longest })).status).toBe(200);
  expect(server.asked).toBe(1);
  for (let time = 0; time < 2; time++) expect((await post({ accept: `${longest}b` })).status).toBe(200);
  expect(server.asked).toBe(3);
});
