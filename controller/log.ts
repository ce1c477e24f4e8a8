/** The part of a pino logger the controller's parts use. Never hand it a key, a code or a token file. */
export interface Log {
  debug(facts: object, message: string): void
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
