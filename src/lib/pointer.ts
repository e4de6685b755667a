/** The pointer to a member of what `pointer` points to (RFC 6901). */
export function pointerTo(pointer: string, member: string | number): string {
  return `${pointer}/${escaped(member)}`;
}

/** The same without the slash in front, as paths of differences are written: `rules/r1/percentage`. */
export function pathTo(path: string, member: string | number): string {
  return path === "" ? escaped(member) : pointerTo(path, member);
}

function escaped(member: string | number): string {
  return String(member).replaceAll("~", "~0").replaceAll("/", "~1");
}
