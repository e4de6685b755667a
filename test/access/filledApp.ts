import { makeToken } from "./tokens";
import type { Definition } from "../../src/definitions/definition.policy";
import type { TestServer } from "../support/wholeServer";

/** An app in which there is one of everything, so that every operation finds what it is about. */
export type FilledApp = Readonly<{
  slug: string;
  ids: Readonly<Record<string, string>>;
  /** As it was exported. */
  definition: Definition;
}>;

export async function fillApp(server: TestServer, slug: string): Promise<FilledApp> {
  const done = async (field: string, type: string, input: object, path: string): Promise<string> => {
    const data = await server.send(
      `mutation($input: ${type}!) { r: ${field}(input: $input) { ${path} errors { code message } } }`,
      { input },
    );
    const { r } = data as { r: Record<string, { id: string } | null> & { errors: object[] } };
    if (r.errors.length > 0) throw new Error(`${field}: ${JSON.stringify(r.errors)}`);
    return Object.values(r).find((value) => value !== null && "id" in value)?.id ?? "";
  };
  await done("createApp", "CreateAppInput", { slug, name: slug }, "app { id }");
  for (const name of ["staging", "elsewhere"]) {
    await done("createEnvironment", "CreateEnvironmentInput", { app: slug, name }, "environment { id }");
  }
  const key = { app: slug, name: "colour", type: "STRING", defaultValue: "red" };
  await done("createKey", "CreateKeyInput", key, "key { id }");
  await done(
    "createKey",
    "CreateKeyInput",
    { ...key, name: "inner", isVisibleToClients: false },
    "key { id }",
  );
  const segmentId = await done(
    "createSegment",
    "CreateSegmentInput",
    { app: slug, name: "Berliners", condition: { city: "Berlin" } },
    "segment { id }",
  );
  const goalId = await done(
    "createGoal",
    "CreateGoalInput",
    { app: slug, name: "Bought", events: [{ name: "Charged" }] },
    "goal { id }",
  );
  const experimentId = await done(
    "createExperiment",
    "CreateExperimentInput",
    {
      app: slug,
      name: "Colour test",
      segmentId,
      goals: [goalId],
      variations: [
        { name: "control", weight: 50 },
        { name: "green", weight: 50, values: [{ key: "colour", value: "green" }] },
      ],
    },
    "experiment { id }",
  );
  const rules = [{ segmentId, values: [{ key: "colour", value: "blue" }] }];
  const configId = await done(
    "createConfig",
    "CreateConfigInput",
    { app: slug, name: "Colours", keys: ["colour"], rules },
    "config { id }",
  );
  await done("editConfig", "EditConfigInput", { configId, description: "Of the page" }, "config { id }");
  await done("publishConfig", "PublishConfigInput", { configId, version: 2 }, "config { id }");
  await done(
    "createKey",
    "CreateKeyInput",
    { app: slug, name: "on", type: "BOOLEAN", defaultValue: false },
    "key { id }",
  );
  const flagId = await done(
    "createFlag",
    "CreateFlagInput",
    { app: slug, name: "On", key: "on", rules: [{ segmentId }] },
    "flag { id }",
  );
  await done("editFlag", "EditFlagInput", { flagId, description: "Of the page" }, "flag { id }");
  await done("publishFlag", "PublishFlagInput", { flagId, version: 2 }, "flag { id }");
  await done("disableFlag", "DisableFlagInput", { flagId, environment: "staging" }, "flag { id }");
  const scheduleId = await done(
    "scheduleConfig",
    "ScheduleConfigInput",
    { configId, version: 1, startsAt: new Date(server.clock.now().getTime() + 3_600_000).toISOString() },
    "scheduledPublication { id }",
  );
  await done("setTestUsers", "SetTestUsersInput", { app: slug, userIds: ["me"] }, "app { id }");
  const inAnHour = new Date(server.clock.now().getTime() + 3_600_000).toISOString();
  const previewId = await done(
    "previewConfig",
    "PreviewConfigInput",
    { configId, version: 1, endsAt: inAnHour },
    "preview { id }",
  );
  const token = await makeToken(server, { app: slug, name: "spare", kind: "SERVER" });
  await done("createConsumer", "CreateConsumerInput", { app: slug, name: "colour" }, "consumer { name }");
  const consumed = await server.send(
    `query($app: String!) { consumer(app: $app, name: "colour") { partitions { cursor } } }`,
    { app: slug },
  );
  const webhookId = await done(
    "createWebhook",
    "CreateWebhookInput",
    { app: slug, url: "https://hooks.invalid/" },
    "webhook { id }",
  );
  const jobId = await done("measureSegment", "MeasureSegmentInput", { segmentId }, "job { id }");
  const exported = await server.send(`query($app: String!) { exportApp(app: $app) { definition } }`, {
    app: slug,
  });
  return {
    slug,
    definition: server.read<Definition>(exported, "exportApp.definition"),
    ids: {
      thingId: segmentId,
      segmentId,
      goalId,
      experimentId,
      configId,
      flagId,
      scheduleId,
      previewId,
      tokenId: token.id,
      cursor: server.read<{ cursor: string }[]>(consumed, "consumer.partitions")[0]?.cursor ?? "",
      webhookId,
      jobId,
    },
  };
}
