/** Whether this system's C library is musl and not glibc, for which PostgreSQL's programs are built. */
export function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  // Node declares the report as an object without saying what is in it.
  const report = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  return report.header?.glibcVersionRuntime === undefined;
}
