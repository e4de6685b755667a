/** The server cannot start as it was told to. The message is one line, for a person, and says what to do. */
export class StartupRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StartupRefused";
  }
}
