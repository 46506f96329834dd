/** The arguments make no sense: told on stdout with where to find help, as Flink does. */
export class UsageError extends Error {}
