import { Metrics as Powertools } from '@aws-lambda-powertools/metrics';

import type { Metrics } from '#shared/clusters/ports/runtime.ts';
import { metricNamespace, metricOf, serviceName } from '#shared/metrics.ts';

/** Writes each measurement as a log line in CloudWatch's embedded metric format. */
export const openMetrics = (stage: string): Metrics => {
  const powertools = new Powertools({
    namespace: metricNamespace,
    serviceName,
    defaultDimensions: { stage },
  });
  return {
    record(name, { value = 1, fields = {}, ...dimension }) {
      const metric = powertools.singleMetric();
      if (Object.keys(dimension).length > 0) metric.addDimensions(dimension as Readonly<Record<string, string>>); // by the type of the port
      for (const [key, field] of Object.entries(fields))
        if (field !== undefined) metric.addMetadata(key, String(field));
      metric.addMetric(name, metricOf(name).unit, value);
    },
  };
};
