"use strict";

/** The tour's first steps, one tab each. */
const EXAMPLES = [
  {
    query: `# 1. An app holds everything else.
mutation CreateApp {
  createApp(input: { slug: "shop", name: "Shop" }) {
    app { id slug environments { name } }
    errors { __typename code message path }
  }
}
`,
  },
  {
    query: `# 2. A key is a value that your code asks for.
mutation CreateKey {
  createKey(input: {
    app: "shop", name: "dark_mode", type: INTEGER, defaultValue: 3
    description: "3 activates dark mode, 4 deactivates it"
  }) {
    key { id name type defaultValue isArchived }
    errors { __typename code message path }
  }
}
`,
  },
  {
    query: `# 3. A segment is a condition over users. Conditions are sent as variables.
mutation CreateSegment($condition: JSON!) {
  createSegment(input: { app: "shop", name: "iPhone users in New York", condition: $condition }) {
    segment { id name condition }
    errors { __typename code message path }
  }
}
`,
    variables: `{ "condition": { "device": "iPhone", "city": "New York" } }`,
  },
  {
    query: `# 4. A config gives values to segments. Put the segment's id from step 3 into the variables.
mutation CreateConfig($segmentId: ID!) {
  createConfig(input: {
    app: "shop", name: "dark mode", description: "Dark mode off for New York", keys: ["dark_mode"], note: "first try"
    rules: [{ segmentId: $segmentId, values: [{ key: "dark_mode", value: 4 }] }]
  }) {
    config { id latestVersion { number } }
    errors { __typename code message path }
  }
}

# 5. Publishing a version makes it the active one.
mutation PublishConfig($configId: ID!) {
  publishConfig(input: { configId: $configId, version: 1 }) {
    config { activeVersion(environment: "production") { number } }
    errors { __typename code message path }
  }
}
`,
    variables: `{ "segmentId": "segment_…", "configId": "config_…" }`,
  },
  {
    query: `# 6. Which values does this user get, and why?
query Evaluate($properties: JSON) {
  evaluate(app: "shop", user: { id: "u1", properties: $properties }) {
    revision
    object
    values { key value reason rule { id segment { name } } version }
  }
}
`,
    variables: `{ "properties": { "device": "iPhone", "city": "New York" } }`,
  },
  {
    query: `# 7. Everything that changes, from the beginning and then live.
subscription Changes {
  changes(app: "shop", startAt: BEGINNING) {
    cursor
    kind
    event { id type subject time actor { id } before after }
  }
}
`,
  },
];
