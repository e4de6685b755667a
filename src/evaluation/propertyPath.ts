/** Why a text does not name a property, or null. */
export function propertyPathFault(path: string): string | null {
  if (path.startsWith("$"))
    return `"${path}" is not a property path: names that begin with "$" are operators.`;
  if (!path.split(".").includes("")) return null;
  return `"${path}" is not a property path: between its dots each part needs a name, as "address.city".`;
}
