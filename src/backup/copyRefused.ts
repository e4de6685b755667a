/** The log cannot be copied there. One line, for a person; the log that servers use is as it was. */
export class CopyRefused extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The log cannot be copied: ${reason}.`, options);
    this.name = "CopyRefused";
  }
}
