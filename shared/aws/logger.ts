import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';

type Parameters = globalThis.Parameters<LogFormatter['formatAttributes']>;

/**
 * The metric of the log lines of level error. Each one is a bug of Drey, because expected failures are warnings. The
 * dimensions are fields of the line, so that the errors of a new version can be told from those of the last one.
 */
export const errorMetric = {
  namespace: 'Drey',
  name: 'UnexpectedErrors',
  dimensions: ['function', 'functionVersion'],
} as const;

/** Makes each error line a metric, too: CloudWatch reads its embedded metric format. */
class ErrorMetricFormatter extends LogFormatter {
  formatAttributes({ logLevel, message, timestamp, serviceName, xRayTraceId }: Parameters[0], fields: Parameters[1]) {
    const attributes = {
      level: logLevel,
      message,
      timestamp: this.formatTimestamp(timestamp),
      service: serviceName,
      xray_trace_id: xRayTraceId,
    };
    const line = new LogItem({ attributes }).addAttributes(fields);
    return logLevel === 'ERROR' ? line.addAttributes(embeddedMetric(timestamp)) : line;
  }
}

const embeddedMetric = (timestamp: Date) => ({
  [errorMetric.name]: 1,
  _aws: {
    Timestamp: timestamp.getTime(),
    CloudWatchMetrics: [
      {
        Namespace: errorMetric.namespace,
        Dimensions: [errorMetric.dimensions],
        Metrics: [{ Name: errorMetric.name, Unit: 'Count' }],
      },
    ],
  },
});

/** The logger of a function. Each line names the function and its version. */
export const createLogger = (identity: Readonly<Record<(typeof errorMetric)['dimensions'][number], string>>) =>
  new Logger({ serviceName: 'drey', persistentKeys: { ...identity }, logFormatter: new ErrorMetricFormatter() });
