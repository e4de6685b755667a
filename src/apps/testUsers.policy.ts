import { USER_ID_LENGTH_MAX } from "../evaluation/conditionLimits";
import type { Refusal } from "../lib/refusal";
import { checkText } from "../lib/text";

/** As many as one list in a condition may hold. */
export const TEST_USERS_MAX = 10_000;

/** Faulty ids that one refusal names. */
const FAULTS_SHOWN_MAX = 20;

/** Everything wrong with ids of users that are to be test users; naming one twice is harmless. */
export function testUserRefusals(userIds: readonly string[]): readonly Refusal[] {
  if (userIds.length > TEST_USERS_MAX) {
    const message = `An app has at most ${TEST_USERS_MAX} test users; these are ${userIds.length}.`;
    return [{ code: "LIMIT_REACHED", message, path: ["userIds"] }];
  }
  const faults: Refusal[] = [];
  for (const [index, id] of userIds.entries()) {
    const message = checkText("A user's id", id, { lengthMin: 1, lengthMax: USER_ID_LENGTH_MAX });
    if (message !== null) faults.push({ code: "INVALID", message, path: ["userIds", String(index)] });
    if (faults.length === FAULTS_SHOWN_MAX) break;
  }
  return faults;
}
