import type { Metrics } from '#shared/clusters/ports/runtime.ts';
import { commonDimensions, metricOf, serviceName } from '#shared/metrics.ts';

import { toEmbeddedMetric } from './embedded-metric.ts';

const toOutput = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Writes each measurement as a log line in CloudWatch's embedded metric format. */
export const openMetrics = (stage: string, write = toOutput): Metrics => ({
  record(name, { value = 1, fields = {}, ...dimension }) {
    const known = Object.entries(fields).filter(([, field]) => field !== undefined);
    const texts = Object.fromEntries(known.map(([key, field]) => [key, String(field)]));
    const dimensions = [...commonDimensions, ...Object.keys(dimension)];
    const sets = metricOf(name).byTarget === true ? [dimensions, [...dimensions, 'target']] : [dimensions];
    const line = { ...texts, service: serviceName, stage, ...dimension, [name]: value };
    write(JSON.stringify({ ...line, ...toEmbeddedMetric(name, sets, new Date()) }));
  },
});
