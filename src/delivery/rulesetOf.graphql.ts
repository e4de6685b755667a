import type { GraphQLError } from "graphql";
import type { EvaluationArguments } from "./delivery.args.graphql";
import { badInput } from "./userInput.graphql";
import { appStream } from "../apps/app.events";
import type { Ruleset } from "../evaluation/compile";
import type { Server } from "../graphql/context";
import { noSuchApp, noSuchEnvironment, notThere } from "../graphql/notThere";

/** A ruleset, and the instant that conditions on time go by. */
export type Asked = Readonly<{ ruleset: Ruleset; nowMs: number }>;
export type Where = Pick<EvaluationArguments, "app" | "environment" | "asOf" | "atRevision">;

/** Whether it is asked what was answered once, and not what to answer now. */
export const isOfThePast = ({ asOf, atRevision }: Pick<Where, "asOf" | "atRevision">): boolean =>
  (asOf ?? atRevision ?? null) !== null;

/** The ruleset to answer from. @throws NOT_FOUND if there is no such app, environment or moment. */
export async function rulesetOf(server: Server, asked: Where): Promise<Asked> {
  const { app, environment, asOf, atRevision } = asked;
  const isAsOf = asOf !== undefined && asOf !== null;
  if (atRevision !== undefined && atRevision !== null) {
    if (isAsOf) throw badInput("Give either asOf or atRevision, and not both.", ["atRevision"]);
    return atRevisionOf(server, asked, atRevision);
  }
  if (isAsOf) return asOfTime(server, asked, asOf);
  const ruleset = server.rulesets.peek(app, environment) ?? (await server.rulesets.current(app, environment));
  if (!ruleset) throw await notFound(server, asked);
  return { ruleset, nowMs: server.now().getTime() };
}

/** Why nobody is answered there now; null if they are. */
export async function missingPlace(
  server: Server,
  { app, environment }: Pick<Where, "app" | "environment">,
): Promise<GraphQLError | null> {
  const ruleset = server.rulesets.peek(app, environment) ?? (await server.rulesets.current(app, environment));
  return ruleset ? null : notFound(server, { app, environment });
}

async function asOfTime(server: Server, asked: Where, time: string): Promise<Asked> {
  const { app, environment } = asked;
  if (await isInFuture(server, app, time)) {
    throw notThere(`${time} is yet to come; ask as of a moment that has passed.`, ["asOf"]);
  }
  const ruleset = await server.rulesets.asOf(app, environment, { time });
  if (!ruleset) throw await notFound(server, asked, "asOf");
  return { ruleset, nowMs: Date.parse(time) };
}

/** Another server's clock may be a little ahead of ours: what it has recorded is past all the same. */
async function isInFuture(server: Server, app: string, time: string): Promise<boolean> {
  const timeMs = Date.parse(time);
  if (timeMs <= server.now().getTime()) return false;
  const { recordedAt } = await server.apps.state(appStream(app));
  return recordedAt === "" || timeMs > Date.parse(recordedAt);
}

async function atRevisionOf(server: Server, asked: Where, revision: number): Promise<Asked> {
  const { app, environment } = asked;
  if (revision < 0) throw badInput("A revision is 0 or more.", ["atRevision"]);
  const folded = await server.apps.stateAt(appStream(app), { revision });
  const ruleset = folded && (await server.rulesets.asOf(app, environment, { revision }));
  if (!folded || !ruleset) throw await notFound(server, asked, "atRevision");
  return { ruleset, nowMs: Date.parse(folded.recordedAt) };
}

/** Says which of the names or moments has nothing. */
async function notFound(
  server: Server,
  { app, environment }: Where,
  moment?: "asOf" | "atRevision",
): Promise<GraphQLError> {
  const { state, revision } = await server.apps.state(appStream(app));
  if (state.slug === null) return noSuchApp(app, "app");
  const known = state.environments.get(environment);
  if (!known) return noSuchEnvironment(app, environment, "environment");
  if (!moment && state.isArchived) {
    return notThere(`App "${app}" is archived and answers nobody; restore it first.`, ["app"]);
  }
  if (!moment && known.isArchived) {
    const message = `Environment "${environment}" is archived and answers nobody; restore it first.`;
    return notThere(message, ["environment"]);
  }
  const message =
    moment === "atRevision"
      ? `App "${app}" had no environment "${environment}", or had it archived, at that revision; its revisions go up to ${revision}.`
      : `App "${app}" had no environment "${environment}", or had it archived, at that moment.`;
  return notThere(message, moment ? [moment] : []);
}
