/** The little that a part needs to tell people what it does; pino's logger fits. */
export type Logger = Readonly<{
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}>;

/** For those who do not want to know. */
export const silent: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };
