/** An invalid command line. As in Flink, the message is printed on stdout with a reference to the help. */
export class UsageError extends Error {}
