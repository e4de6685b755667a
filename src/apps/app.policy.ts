import { noteRefusals } from "../lib/note";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

export const SLUG_LENGTH_MIN = 2;
export const SLUG_LENGTH_MAX = 40;
export const APP_NAME_LENGTH_MAX = 120;

/** Words that addresses and documents of ours use, or will: an app of that name would be mistaken for something else. */
export const RESERVED_SLUGS: readonly string[] = [
  ...[
    "admin",
    "api",
    "app",
    "apps",
    "graphql",
    "health",
    "ide",
    "instance",
    "metrics",
    "new",
    "null",
    "ofrep",
  ],
  ...["changes", "constructor", "prototype", "settings", "system", "undefined"],
];

/** Of descriptions in the app's own part: environments. */
export const DESCRIPTION_LENGTH_MAX = 1_000;
export const ENVIRONMENT_NAME_LENGTH_MAX = 40;

/** `copiedFrom` is the slug of the app whose definition it starts with. */
export type NewApp = Readonly<{
  slug: string;
  name: string;
  note?: string | undefined;
  copiedFrom?: string | undefined;
}>;

/** Every reason that an app cannot be created so. */
export function appFaults({ slug, name, note = "" }: NewApp): Refusal[] {
  const faults: Refusal[] = [];
  const slugMessage = slugFault(slug);
  if (slugMessage !== null) faults.push({ code: "INVALID", message: slugMessage, path: ["slug"] });
  return [...faults, ...appNameRefusals(name), ...noteRefusals(note)];
}

export function appNameRefusals(name: string): readonly Refusal[] {
  const message = checkText("The name", name, { lengthMin: 1, lengthMax: APP_NAME_LENGTH_MAX });
  if (message !== null) return invalid("name", message);
  return name.trim() === "" ? invalid("name", "The name must not be blank.") : [];
}

/** Names stand in inputs, ids and addresses, so they are made as slugs are. */
export function environmentNameRefusals(name: string): readonly Refusal[] {
  if (name.length > ENVIRONMENT_NAME_LENGTH_MAX) {
    const message = `An environment's name has at most ${ENVIRONMENT_NAME_LENGTH_MAX} characters; this one has ${name.length}.`;
    return invalid("name", message);
  }
  if (SLUG.test(name)) return [];
  const message = `An environment's name is made of "a" to "z", "0" to "9" and single dashes between them, and starts with a letter, as "staging".`;
  return invalid("name", message);
}

/** Everything wrong with what people write about a thing, and about a change of it. */
export function textRefusals({
  description,
  note,
}: Readonly<{ description: string; note: string }>): readonly Refusal[] {
  const message = checkText("The description", description, { lengthMax: DESCRIPTION_LENGTH_MAX });
  return [...(message === null ? [] : invalid("description", message)), ...noteRefusals(note)];
}

function invalid(field: string, message: string): readonly Refusal[] {
  return [{ code: "INVALID", message, path: [field] }];
}

const SLUG = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

function slugFault(slug: string): string | null {
  if (slug.length < SLUG_LENGTH_MIN || slug.length > SLUG_LENGTH_MAX) {
    return `A slug has ${SLUG_LENGTH_MIN} to ${SLUG_LENGTH_MAX} characters; this one has ${slug.length}.`;
  }
  if (!SLUG.test(slug)) {
    return `A slug is made of "a" to "z", "0" to "9" and single dashes between them, and starts with a letter, as "my-shop".`;
  }
  return RESERVED_SLUGS.includes(slug) ? `The slug "${slug}" is reserved; choose another one.` : null;
}
