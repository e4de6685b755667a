/** The pointer to a member of what `pointer` points to (RFC 6901). */
export function pointerTo(pointer: string, member: string | number): string {
  return `${pointer}/${escaped(member)}`;
}

/** The same without the slash in front, as paths of differences are written: `rules/r1/percentage`. */
export function pathTo(path: string, member: string | number): string {
  return path === "" ? escaped(member) : pointerTo(path, member);
}

/** The names of the members that a pointer leads through. */
export function membersOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((member) => member.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function escaped(member: string | number): string {
  return String(member).replaceAll("~", "~0").replaceAll("/", "~1");
}
