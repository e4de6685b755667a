"use strict";

/** Sends what the editor asks for; a subscription is answered as a stream of events. */
function createFetcher(tokenOf) {
  return async (request, { documentAST } = {}) => {
    const isSubscription = operationOf(documentAST, request.operationName) === "subscription";
    const response = await fetch("/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: isSubscription ? "text/event-stream" : "application/json",
        authorization: `Bearer ${tokenOf()}`,
      },
      body: JSON.stringify(request),
    });
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
    return isStream ? resultsOf(response.body) : await response.json();
  };
}

function operationOf(documentAST, operationName) {
  const operations = documentAST?.definitions.filter(({ kind }) => kind === "OperationDefinition") ?? [];
  const chosen = operationName ? operations.find(({ name }) => name?.value === operationName) : operations[0];
  return chosen?.operation;
}

async function* resultsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (text + value).split("\n\n");
      text = events.pop();
      for (const event of events) {
        if (event.startsWith("event: next\n")) yield JSON.parse(event.slice(event.indexOf("data: ") + 6));
        if (event.startsWith("event: complete")) return;
      }
    }
  } finally {
    await reader.cancel();
  }
}
