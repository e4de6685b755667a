import { done, type Send } from "./graphqlClient";

type Print = (line: string) => void;

/** Tries a version with the team before anybody else gets it. */
export async function playPreviews(
  send: Send,
  print: Print,
  { app, config }: Readonly<{ app: string; config: string }>,
): Promise<void> {
  const edited = await done(
    send,
    `mutation($input: EditConfigInput!) { editConfig(input: $input) { config { latestVersion { number } } errors { message } } }`,
    {
      input: {
        configId: config,
        note: "for everybody",
        rules: [{ values: [{ key: "dark_mode", value: 4 }] }],
      },
    },
  );
  const version = edited.at("editConfig.config.latestVersion.number");
  await done(
    send,
    `mutation($input: SetTestUsersInput!) { setTestUsers(input: $input) { errors { message } } }`,
    {
      input: { app, userIds: ["me"] },
    },
  );
  const endsAt = new Date(Date.now() + 86_400_000).toISOString();
  const started = await done(
    send,
    `mutation($input: PreviewConfigInput!) { previewConfig(input: $input) { preview { id } errors { message } } }`,
    { input: { configId: config, version, endsAt, note: "a look" } },
  );
  print(
    `17. Saved version ${String(version)}, dark mode for everybody, and previewed it for a day: the test user "me" gets`,
  );
  print(
    `    ${await valueFor(send, app, "me")}; everybody else still gets ${await valueFor(send, app, "u9")}.`,
  );
  await done(
    send,
    `mutation($input: EndPreviewInput!) { endPreview(input: $input) { errors { message } } }`,
    {
      input: { id: started.at("previewConfig.preview.id"), note: "seen" },
    },
  );
  print(`    Ended it by hand: "me" gets ${await valueFor(send, app, "me")} again.`);
}

async function valueFor(send: Send, app: string, user: string): Promise<string> {
  const answered = await send(
    `query($app: String!, $user: ID!) { evaluate(app: $app, keys: ["dark_mode"], user: { id: $user }) { values { value reason } } }`,
    { app, user },
  );
  const [answer] = answered.at("evaluate.values") as { value: unknown; reason: string }[];
  return `${JSON.stringify(answer?.value)} (${answer?.reason})`;
}
