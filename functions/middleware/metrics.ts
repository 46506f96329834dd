import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const metrics = new Metrics({ namespace: 'Drey', serviceName: 'drey' });

/** Adds one to the metric, with its outcome as a dimension. */
export const count = (name: string, outcome: string, extra: Readonly<Record<string, string>> = {}) =>
  metrics
    .singleMetric()
    .addDimensions({ outcome, ...extra })
    .addMetric(name, MetricUnit.Count, 1);
