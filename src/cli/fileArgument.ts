/** The file that a program was told to use. */
export function fileArgument(program: string): string {
  const [, , path, ...more] = process.argv;
  if (path === undefined || more.length > 0) throw new Error(`Name one file: npm run ${program} -- file`);
  return path;
}
