"use strict";

const TOKEN_NAME = "product-experiences-token";
const field = document.getElementById("token");
const state = document.getElementById("state");

// Kept for this browser tab only.
field.value = sessionStorage.getItem(TOKEN_NAME) ?? "";
const fetcher = createFetcher(() => field.value.trim());
const root = ReactDOM.createRoot(document.getElementById("graphiql"));

document.getElementById("token-form").addEventListener("submit", (event) => event.preventDefault());
field.addEventListener("change", () => {
  sessionStorage.setItem(TOKEN_NAME, field.value.trim());
  void show();
});
void show();

/** A new element each time, so that the schema is read anew with the token that is there now. */
async function show() {
  const isKnown = field.value.trim() !== "" && (await isAccepted());
  state.textContent = isKnown ? "" : "Enter a token to read the schema and to send documents.";
  root.render(
    React.createElement(GraphiQL, {
      key: String(isKnown),
      fetcher,
      schema: isKnown ? undefined : null,
      defaultTabs: EXAMPLES,
      shouldPersistHeaders: false,
    }),
  );
}

async function isAccepted() {
  try {
    const { data } = await fetcher({ query: "{ viewer { id } }" });
    return data?.viewer !== undefined;
  } catch {
    return false;
  }
}
