import fastifyFactory from "fastify";

const [port = "0", answer = "{}"] = process.argv.slice(2);
const body: unknown = JSON.parse(answer);

/** The yardstick: the same answer as JSON from a route that does nothing else. */
const fastify = fastifyFactory();
fastify.post("/graphql", () => body);
void fastify.listen({ host: "127.0.0.1", port: Number(port) }).then((address) => console.log(address));
