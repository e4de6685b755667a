import "reflect-metadata";
import { registerEnumType } from "type-graphql";
import type { Right, Role, TokenKind } from "./roles.policy";

export const RightEnum: { readonly [Name in Right]: Name } = {
  EVALUATE: "EVALUATE",
  FOLLOW: "FOLLOW",
  READ: "READ",
  EDIT: "EDIT",
  INGEST: "INGEST",
  PUBLISH: "PUBLISH",
  ADMINISTER: "ADMINISTER",
};

/** What each right allows, in words: the API and docs/roles.md say it alike. */
export const RIGHT_MEANINGS: { readonly [Name in Right]: string } = {
  EVALUATE: "Ask which values a user gets.",
  FOLLOW: "Read the feed of changes.",
  READ: "See everything but tokens: keys, segments, configs, their history, explanations.",
  EDIT: "Create and edit what users do not get yet, and preview it to the test users.",
  INGEST: "Tell of users and of what they did, which decides what they get.",
  PUBLISH: "Change what users get: publish, schedule, archive, edit what is published.",
  ADMINISTER: "Apps, environments, settings and tokens.",
};

registerEnumType(RightEnum, {
  name: "Right",
  description: "What somebody may do. docs/roles.md lists which operation needs which.",
  valuesConfig: described(RIGHT_MEANINGS),
});

export const RoleEnum: { readonly [Name in Role]: Name } = {
  VIEWER: "VIEWER",
  EDITOR: "EDITOR",
  PUBLISHER: "PUBLISHER",
  ADMIN: "ADMIN",
};

/** What people of each role do, in words. */
export const ROLE_MEANINGS: { readonly [Name in Role]: string } = {
  VIEWER: "Sees everything but tokens.",
  EDITOR: "Creates, edits and previews, too.",
  PUBLISHER: "Publishes, schedules and archives, too.",
  ADMIN: "Everything: environments, settings and tokens, too.",
};

registerEnumType(RoleEnum, {
  name: "Role",
  description: "What a person may do, in one app or in all. Each role may do what those before it may.",
  valuesConfig: described(ROLE_MEANINGS),
});

export const TokenKindEnum: { readonly [Name in TokenKind]: Name } = {
  PERSON: "PERSON",
  SERVER: "SERVER",
  CLIENT: "CLIENT",
};

/** Whom tokens of each kind are for, in words. */
export const KIND_MEANINGS: { readonly [Name in TokenKind]: string } = {
  PERSON: "For a person, or for a program that does a person's work; a role says what it may do.",
  SERVER:
    "For a service: evaluates for any user in any environment, tells of users, and follows the changes.",
  CLIENT:
    "For apps and pages in the hands of users, who can read it there: evaluates in one environment and tells of users there, one at a time. " +
    "Sees values, and nothing of where they come from.",
};

registerEnumType(TokenKindEnum, {
  name: "TokenKind",
  description: "Whom a token is for.",
  valuesConfig: described(KIND_MEANINGS),
});

function described<Name extends string>(meanings: Readonly<Record<Name, string>>) {
  const entries = Object.entries<string>(meanings).map(([name, description]) => [name, { description }]);
  // One entry for each name, as it came.
  return Object.fromEntries(entries) as Record<Name, { description: string }>;
}
