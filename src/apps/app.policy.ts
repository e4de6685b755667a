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

/** Every reason that an app cannot be created so. */
export function appFaults({ slug, name }: Readonly<{ slug: string; name: string }>): Refusal[] {
  const faults: Refusal[] = [];
  const slugMessage = slugFault(slug);
  if (slugMessage !== null) faults.push({ code: "INVALID", message: slugMessage, path: ["slug"] });
  const nameMessage = checkText("The name", name, { lengthMin: 1, lengthMax: APP_NAME_LENGTH_MAX });
  if (nameMessage !== null) faults.push({ code: "INVALID", message: nameMessage, path: ["name"] });
  else if (name.trim() === "") {
    faults.push({ code: "INVALID", message: "The name must not be blank.", path: ["name"] });
  }
  return faults;
}

function slugFault(slug: string): string | null {
  if (slug.length < SLUG_LENGTH_MIN || slug.length > SLUG_LENGTH_MAX) {
    return `A slug has ${SLUG_LENGTH_MIN} to ${SLUG_LENGTH_MAX} characters; this one has ${slug.length}.`;
  }
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(slug)) {
    return `A slug is made of "a" to "z", "0" to "9" and single dashes between them, and starts with a letter, as "my-shop".`;
  }
  return RESERVED_SLUGS.includes(slug) ? `The slug "${slug}" is reserved; choose another one.` : null;
}
