import type { Send } from "./races";

export type EditResult = Readonly<{ saved: number; conflicts: number; errors: string[]; lost: number }>;

type Answer = {
  r: { errors: { code: string; message: string }[]; config: { latestVersion: { number: number } } | null };
};

/**
 * Many editors save versions of a few configs at once, each on top of the version that it has seen. What was saved must
 * be there, version by version: an edit is lost if a version is missing or holds somebody else's note.
 */
export async function editTogether(
  servers: readonly Send[],
  editors: number,
  milliseconds: number,
): Promise<EditResult> {
  const send = servers[0] as Send;
  const app = "editors";
  await send(
    `mutation($app: String!) { r: createApp(input: { slug: $app, name: "Editors" }) { errors { code } } }`,
    { app },
  );
  const configs: string[] = [];
  for (let index = 0; index < 5; index++) configs.push(await createConfig(send, app, `k${index}`));

  const saved = new Map<string, string>();
  const errors: string[] = [];
  let conflicts = 0;
  const endsAt = performance.now() + milliseconds;
  const edit = async (editor: number): Promise<void> => {
    const own = servers[editor % servers.length] as Send;
    for (let round = 0; performance.now() < endsAt; round++) {
      const configId = configs[(editor + round) % configs.length] as string;
      const note = `${editor}/${round}`;
      try {
        const expectedVersion = await latestVersion(own, configId);
        const { r } = (await own(EDIT, {
          input: {
            configId,
            expectedVersion,
            note,
            rules: [{ values: [{ key: `k${configs.indexOf(configId)}`, value: note }] }],
          },
        })) as Answer;
        if (r.errors.length === 0) saved.set(`${configId}@${expectedVersion + 1}`, note);
        else if (r.errors.every(({ code }) => code === "VERSION_CONFLICT")) conflicts += 1;
        else errors.push(JSON.stringify(r.errors));
      } catch (error) {
        errors.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 100 + ((editor * 37) % 400)));
    }
  };
  await Promise.all(Array.from({ length: editors }, (_, editor) => edit(editor)));

  let lost = 0;
  let versions = 0;
  for (const configId of configs) {
    const notes = await notesOf(send, configId);
    versions += notes.size - 1;
    for (const [version, note] of notes) {
      if (version > 1 && saved.get(`${configId}@${version}`) !== note) lost += 1;
    }
  }
  return { saved: saved.size, conflicts, errors, lost: lost + Math.abs(versions - saved.size) };
}

const EDIT = `mutation($input: EditConfigInput!) { r: editConfig(input: $input) { config { latestVersion { number } } errors { code message } } }`;

async function createConfig(send: Send, app: string, key: string): Promise<string> {
  await send(
    `mutation($app: String!, $key: String!) { r: createKey(input: { app: $app, name: $key, type: STRING, defaultValue: "" }) { errors { code } } }`,
    { app, key },
  );
  const { r } = (await send(
    `mutation($input: CreateConfigInput!) { r: createConfig(input: $input) { config { id } errors { code } } }`,
    { input: { app, name: key, keys: [key], note: "first", rules: [{ values: [{ key, value: "first" }] }] } },
  )) as { r: { config: { id: string } } };
  return r.config.id;
}

async function latestVersion(send: Send, id: string): Promise<number> {
  const data = (await send(`query($id: ID!) { config(id: $id) { latestVersion { number } } }`, { id })) as {
    config: { latestVersion: { number: number } };
  };
  return data.config.latestVersion.number;
}

async function notesOf(send: Send, id: string): Promise<Map<number, string>> {
  const notes = new Map<number, string>();
  let after: string | null = null;
  do {
    const data = (await send(
      `query($id: ID!, $after: String) { config(id: $id) { versions(first: 100, after: $after) { nodes { number note } pageInfo { endCursor hasNextPage } } } }`,
      { id, after },
    )) as {
      config: {
        versions: {
          nodes: { number: number; note: string }[];
          pageInfo: { endCursor: string | null; hasNextPage: boolean };
        };
      };
    };
    const { nodes, pageInfo } = data.config.versions;
    for (const { number, note } of nodes) notes.set(number, note);
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  } while (after !== null);
  return notes;
}
