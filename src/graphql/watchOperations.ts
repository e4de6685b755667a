import { Kind, type DocumentNode, type OperationDefinitionNode } from "graphql";
import type { SelectionSetNode } from "graphql";
import { formatError } from "./formatError";

/** Which operation: by words of the schema alone, never by what a caller calls it, so that there are few. */
export type OperationLabel = Readonly<{
  type: "query" | "mutation" | "subscription" | "none";
  /** The root field; `several` of them, `introspection`, or `none` for what was refused before it was read. */
  field: string;
}>;

/**
 * `ok`: it was answered, be it by the refusal of a mutation; `rejected`: the caller's to mend; `unavailable`: repeating it may help;
 * `failed`: ours to mend.
 */
export type OperationOutcome = "ok" | "rejected" | "unavailable" | "failed";

/** Told of every operation. `seconds` is null where there is no end to time: a subscription, and what was never begun. */
export type WatchOperation = (
  label: OperationLabel,
  outcome: OperationOutcome,
  seconds: number | null,
) => void;

export const NOT_READ: OperationLabel = { type: "none", field: "none" };

const labels = new WeakMap<OperationDefinitionNode, OperationLabel>();

/** Of a document that was found valid. */
export function labelOf(document: DocumentNode, operation: OperationDefinitionNode): OperationLabel {
  const known = labels.get(operation);
  if (known) return known;
  const fields = new Set(rootFields(document, operation.selectionSet));
  const [first] = fields;
  const label = {
    type: operation.operation,
    field: fields.size > 1 || first === undefined ? "several" : first,
  };
  labels.set(operation, label);
  return label;
}

function rootFields(document: DocumentNode, { selections }: SelectionSetNode): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(document, selection.selectionSet);
    if (selection.kind === Kind.FIELD)
      return [selection.name.value.startsWith("__") ? "introspection" : selection.name.value];
    const fragment = document.definitions.find(
      (definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION ? rootFields(document, fragment.selectionSet) : [];
  });
}

export function outcomeOf(errors: readonly unknown[] | undefined): OperationOutcome {
  if (!errors || errors.length === 0) return "ok";
  // They are reported where the answer is made; here only their codes matter.
  const codes = errors.map((error) => formatError(error, () => undefined).extensions?.["code"]);
  if (codes.includes("INTERNAL")) return "failed";
  return codes.includes("UNAVAILABLE") ? "unavailable" : "rejected";
}
