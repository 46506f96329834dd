/** The lines of Flink that Drey starts, the oldest first. */
export const flinkVersions = ['1.20', '2.0', '2.1', '2.2', '2.3'] as const;
export type FlinkVersion = (typeof flinkVersions)[number];

/** The line that Drey assumes when nothing names one. */
export const newestFlinkVersion: FlinkVersion = '2.3';
