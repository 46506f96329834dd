import { metricNamespace, type MetricName, metricOf } from '#shared/metrics.ts';

/**
 * The member of a log line that makes it a metric. The value is the field of the metric's name, and the dimensions are
 * fields, too.
 *
 * @param dimensions The sets of dimensions. CloudWatch keeps the value once for each set.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export const toEmbeddedMetric = (name: MetricName, dimensions: readonly (readonly string[])[], at: Date) => ({
  _aws: {
    Timestamp: at.getTime(),
    CloudWatchMetrics: [
      {
        Namespace: metricNamespace,
        Dimensions: dimensions,
        Metrics: [{ Name: name, Unit: metricOf(name).unit }],
      },
    ],
  },
});
