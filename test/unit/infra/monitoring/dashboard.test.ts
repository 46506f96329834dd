import { describe, expect, it } from 'vitest';

import { metricNames, metricOf } from '#shared/metrics.ts';

import { functionNames, toPascalCase } from '../../../../infra/functions.ts';
import { alarms } from '../../../../infra/monitoring/alarm-table.ts';
import { dashboard } from '../../../../infra/monitoring/dashboard.ts';
import { queueResources } from '../../../../infra/queues.ts';
import { workflowNames } from '../../../../infra/state-machines/definitions.ts';
import { machineOf } from '../../../../infra/state-machines/resources.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title: string; readonly metrics?: readonly (readonly unknown[])[] };
}

const text = dashboard.Properties.DashboardBody['Fn::Sub'];
const { widgets } = JSON.parse(text) as { readonly widgets: readonly Widget[] };
const lines = widgets.flatMap(({ properties }) => properties.metrics ?? []);
const own = lines.filter(([namespace]) => namespace === 'Drey').map((line) => line.slice(1, -1));

describe('the dashboard', () => {
  it('names only what CloudFormation and osls replace', () => {
    const known = [
      'AWS::Region',
      'sls:stage',
      'HttpApi',
      'Table',
      ...Object.keys(queueResources).map((queue) => `${queue}.QueueName`),
      ...functionNames.map((name) => `${toPascalCase(name)}LambdaFunction`),
      ...workflowNames.map(machineOf),
      ...Object.keys(alarms).map((name) => `${name}.Arn`),
    ];

    expect(
      [...text.matchAll(/\$\{([^}]*)\}?/g)].map(([, name]) => name).filter((name) => !known.includes(name!)),
    ).toEqual([]);
  });

  it.each(metricNames)('shows %s, in every value of its dimension', (name) => {
    const { dimension } = metricOf(name);
    const expected = (dimension?.values ?? [undefined]).map((value) => [
      name,
      'service',
      'drey',
      'stage',
      '${sls:stage}',
      ...(value === undefined ? [] : [dimension?.name, value]),
    ]);

    expect(own).toEqual(expect.arrayContaining(expected));
  });

  it('shows percentiles of the time until a cluster is RUNNING', () => {
    const stats = lines.filter(([, name]) => name === 'DeploySeconds').map((line) => line.at(-1));

    expect(stats).toEqual([{ stat: 'p50', label: 'p50' }, { stat: 'p95', label: 'p95' }, expect.anything()]);
  });

  it.each(metricNames.filter((name) => metricOf(name).unit === 'Milliseconds'))(
    'shows percentiles of %s, and by target where it has the dimension',
    (name) => {
      const stats = lines
        .filter(([, metric]) => metric === name)
        .map((line) => (line.at(-1) as { readonly stat: string }).stat);
      const search = `SEARCH('{Drey,service,stage,target} service="drey" stage="\${sls:stage}" MetricName="${name}"', 'p95', 300)`;

      expect(new Set(stats)).toEqual(new Set(['p50', 'p95', 'p99']));
      expect(text.includes(JSON.stringify(search).slice(1, -1))).toBe(metricOf(name).byTarget === true);
    },
  );

  it.each(functionNames)('shows errors, throttles and duration of %s', (name) => {
    const shown = lines
      .filter((line) => line[3] === `\${${toPascalCase(name)}LambdaFunction}`)
      .map(([, metric]) => metric);

    expect(shown).toEqual(expect.arrayContaining(['Errors', 'Throttles', 'Duration']));
  });

  it.each(['Count', '4xx', '5xx', 'Latency'])('shows %s of the API', (name) => {
    expect(lines.map((line) => line.slice(0, 4))).toContainEqual(['AWS/ApiGateway', name, 'ApiId', '${HttpApi}']);
  });

  it('has widgets beside and below each other on 24 columns', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, cell) => `${x + (cell % width)} ${y + Math.floor(cell / width)}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(widgets.every(({ x, width }) => x + width <= 24)).toBe(true);
  });
});
