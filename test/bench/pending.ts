/** Flink options of a session whose JobManager no node matches, so that no time of Flink is measured. */
export const pending = { 'kubernetes.jobmanager.node-selector': 'drey.bench/none:here' } as const;

/** The same as arguments of a client. */
export const pendingArguments = Object.entries(pending).map(([key, value]) => `-D${key}=${value}`);
