/** How long before Lambda's timeout the signal of an invocation aborts, so that the caller still gets an answer. */
export const timeoutEarlyMs = 1_500;
