import { LogFormatter, Logger, LogItem } from '@aws-lambda-powertools/logger';

import { maskText } from '#events/secrets.ts';
import { commonDimensions, type MetricName, serviceName, versionDimensions } from '#shared/metrics.ts';

import { toEmbeddedMetric } from './embedded-metric.ts';
import { mapStack } from './source-maps.ts';

type Parameters = globalThis.Parameters<LogFormatter['formatAttributes']>;

const errorMetric = 'UnexpectedErrors' satisfies MetricName;

/**
 * Makes each error line a metric, too: CloudWatch reads its embedded metric format. The dimensions are fields of the line. Those
 * of the version tell the errors of a new version from those of the last one.
 */
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
    if (logLevel !== 'ERROR') return line;
    const metric = toEmbeddedMetric(errorMetric, [commonDimensions, versionDimensions], timestamp);
    return line.addAttributes({ [errorMetric]: 1, ...metric });
  }

  /** An error without the secrets in its texts, and without the answer of another service as its cause. */
  override formatError(error: Error) {
    const { message, stack = '', cause, ...fields } = super.formatError(error);
    const texts = { message: maskText(String(message)), stack: maskText(mapStack(String(stack))) };
    return { ...fields, ...texts, ...(error.cause instanceof Error ? { cause } : {}) };
  }

  override getCodeLocation(stack?: string) {
    return super.getCodeLocation(stack === undefined ? undefined : mapStack(stack));
  }
}

/** The logger of a function. Each line names the stage, the function and its version. */
export const createLogger = (identity: Readonly<Record<'stage' | (typeof versionDimensions)[number], string>>) =>
  new Logger({ serviceName, persistentKeys: { ...identity }, logFormatter: new ErrorMetricFormatter() });
