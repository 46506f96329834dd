import type { DimensionOf, MetricName } from '#shared/metrics.ts';

/** Fields of a log line. Undefined ones are left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The log of a function. The message is a fixed phrase, and everything variable is a field. */
export interface Log {
  info(message: string, fields?: LogFields): void;
  /** For failures that are retried. */
  warn(message: string, fields?: LogFields): void;
  /** For failures that a person has to examine. An `Error` is logged with its stack. */
  error(message: string, fields?: Readonly<Record<string, LogFields[string] | Error>>): void;
}

/** One value of a metric, with the value of the metric's own dimension. Fields can be searched for in the log only. */
export type Measurement<N extends MetricName> = DimensionOf<N> & {
  /** 1 if left out. */
  readonly value?: number;
  readonly fields?: LogFields;
};

/** The metrics of a function. `shared/metrics.ts` defines them. */
export interface Metrics {
  record<N extends MetricName>(name: N, measurement: Measurement<N>): void;
}
