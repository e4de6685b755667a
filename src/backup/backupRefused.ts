/** The file cannot be taken, or the database cannot take it. One line, for a person; nothing was changed. */
export class BackupRefused extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`This backup cannot be restored: ${reason}. Nothing was changed.`, options);
    this.name = "BackupRefused";
  }
}
