import { done, type Send } from "./graphqlClient";

type Difference = { path: string; before: unknown; after: unknown };
type Change = { action: string; kind: string; name: string; differences: Difference[] };
type Exported = { definition: object; revision: number };

/** Takes the whole app as one document, changes one place in it by hand, and gives it back. */
export async function playDefinitions(
  send: Send,
  print: (line: string) => void,
  { app }: Readonly<{ app: string }>,
): Promise<void> {
  const exported = await exportOf(send, app);
  const text = JSON.stringify(exported.definition, null, 2);
  print(`18. Exported the app: ${text.split("\n").length} lines of JSON at revision ${exported.revision}.`);
  const again = await importOf(send, app, exported, exported.definition, false);
  print(`    Importing it as it is changes ${again.length} things.`);
  const edited = JSON.parse(text.replace('"percentage": 60', '"percentage": 75')) as object;
  const [change] = await importOf(send, app, exported, edited, true);
  const [difference] = change?.differences ?? [];
  print(
    `19. Edited one line by hand. What it comes to is shown first: ${change?.action} ${change?.kind} "${change?.name}",`,
  );
  print(
    `    ${difference?.path}: ${JSON.stringify(difference?.before)} → ${JSON.stringify(difference?.after)}. Then it is applied.`,
  );
  await importOf(send, app, exported, edited, false);
  await done(send, `mutation($input: CopyAppInput!) { copyApp(input: $input) { errors { message } } }`, {
    input: { from: app, slug: `${app}-copy`, name: "The shop's copy" },
  });
  const copy = await exportOf(send, `${app}-copy`);
  print(
    `20. Copied the app in one go, with nothing published yet: it begins at revision ${copy.revision}, complete.`,
  );
}

async function exportOf(send: Send, app: string): Promise<Exported> {
  const answered = await send(`query($app: String!) { exportApp(app: $app) { definition revision } }`, {
    app,
  });
  return answered.at("exportApp") as Exported;
}

async function importOf(
  send: Send,
  app: string,
  { revision: expectedRevision }: Exported,
  definition: object,
  validateOnly: boolean,
): Promise<readonly Change[]> {
  const answered = await done(
    send,
    `mutation($input: ImportAppInput!) { importApp(input: $input) {
      changes { action kind name differences { path before after } } errors { message } } }`,
    { input: { app, definition, expectedRevision, validateOnly, note: "by hand" } },
  );
  return answered.at("importApp.changes") as readonly Change[];
}
