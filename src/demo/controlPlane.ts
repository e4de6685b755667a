import { playDefinitions } from "./definitions";
import { playFlags } from "./flags";
import { playPreviews } from "./previews";
import { done, type Send } from "./graphqlClient";

/** Goes on with what people do beside the main job. */
export async function playControlPlane(
  send: Send,
  print: (line: string) => void,
  made: Readonly<{ app: string; ny: string; miami: string; config: string }>,
): Promise<void> {
  await trackSuccess(send, print, made.app);
  await playFlags(send, print, made);
  await playPreviews(send, print, made);
  await playDefinitions(send, print, made);
}

async function trackSuccess(send: Send, print: (line: string) => void, app: string): Promise<void> {
  const made = await done(
    send,
    `mutation($app: String!, $positive: JSON!) { createGoal(input: { app: $app, name: "Bought",
      events: [{ name: "Charged", where: $positive }], valueProperty: "amount" }) { goal { id name } errors { message } } }`,
    { app, positive: { amount: { $gt: 0 } } },
  );
  print(
    `12. Created the goal "${made.at("createGoal.goal.name")}": who is charged more than 0 has converted;`,
  );
  print(`    the sum of the amounts is measured.`);
}
