/** Fields of a log line. Undefined ones are left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The log of a function. The message is a fixed phrase, and everything variable is a field. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  /** For failures that are retried. */
  warn(message: string, fields?: LogFields): void;
  /** For failures that a person has to examine. */
  error(message: string, fields?: LogFields): void;
}
