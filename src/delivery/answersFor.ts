import { evaluateForClient, type Served } from "./clientAnswers";
import { knownUser, summarisedUser } from "./knownUser";
import { isOfThePast, rulesetOf, type Where } from "./rulesetOf.graphql";
import { isClient, type Actor } from "../access/roles.policy";
import type { Ruleset } from "../evaluation/compile";
import { evaluate } from "../evaluation/evaluate";
import type { Answer, User } from "../evaluation/model";
import type { Server } from "../graphql/context";

/** Whom an asker wants answers for, where, and of which keys; absent: all. */
export type AskedAnswers = Where &
  Readonly<{
    user: User;
    keys?: readonly string[] | undefined;
    /** The keys whose answers are not passed on, and so count as delivered to nobody. */
    except?: ((ruleset: Ruleset) => ReadonlySet<string>) | undefined;
  }>;

export type Answers = Readonly<{
  revision: number;
  values: readonly Answer[];
  /** Whose answers these are, and by which ruleset. */
  userId: string;
  ruleset: Ruleset;
  /** Whether what is stored of the user was looked at. */
  hasStoredUser: boolean;
}>;

/**
 * The values that a user gets, as far as the asker may see them. They count as delivered, unless it is asked what they once were.
 * @throws NOT_FOUND if there is no such app, environment or moment.
 */
export async function answersFor(server: Server, actor: Actor, asked: AskedAnswers): Promise<Answers> {
  const { ruleset, nowMs } = await rulesetOf(server, asked);
  const look = isOfThePast(asked) ? knownUser : summarisedUser;
  const { user, isStored } = await look(server, { ruleset, nowMs }, asked.user);
  const answer = isClient(actor) ? evaluateForClient : evaluateAll;
  const { values, delivered } = answer(ruleset, user, nowMs, asked.keys);
  const except = asked.except?.(ruleset);
  const passedOn = except ? delivered.filter(({ key }) => !except.has(key)) : delivered;
  if (!isOfThePast(asked)) server.deliveries.count(ruleset, passedOn, user.id, nowMs);
  return { revision: ruleset.source.revision, values, userId: user.id, ruleset, hasStoredUser: isStored };
}

function evaluateAll(...asked: Parameters<typeof evaluate>): Served {
  const values = evaluate(...asked);
  return { values, delivered: values };
}
