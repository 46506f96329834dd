import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { commonDimensions, metricNames, metricNamespace, metricOf } from '#shared/metrics.ts';

/**
 * What Flink exports by its Prometheus reporter, with the labels besides those of every metric. Read from the answers of a
 * JobManager and a TaskManager of 1.20.5, 2.2.1 and 2.3.0 that ran a job with checkpoints. 1.20.5 has no
 * lastCheckpointCompletedTimestamp.
 */
const ofJob = ['job_id', 'job_name'];
const ofTask = [...ofJob, 'task_id', 'task_name', 'subtask_index'];
const ofOperator = [...ofTask, 'operator_id', 'operator_name'];
const flinkMetrics: Readonly<Record<string, readonly string[]>> = {
  flink_jobmanager_numRunningJobs: [],
  flink_jobmanager_numRegisteredTaskManagers: [],
  flink_jobmanager_taskSlotsAvailable: [],
  flink_jobmanager_job_numRestarts: ofJob,
  flink_jobmanager_job_lastCheckpointCompletedTimestamp: ofJob,
  flink_jobmanager_job_lastCheckpointDuration: ofJob,
  flink_jobmanager_job_lastCheckpointFullSize: ofJob,
  flink_jobmanager_job_lastCheckpointSize: ofJob,
  flink_jobmanager_job_numberOfFailedCheckpoints: ofJob,
  flink_taskmanager_job_task_numRecordsInPerSecond: ofTask,
  flink_taskmanager_job_task_numRecordsOutPerSecond: ofTask,
  flink_taskmanager_job_task_backPressuredTimeMsPerSecond: ofTask,
  flink_taskmanager_job_task_busyTimeMsPerSecond: ofTask,
  // Of sources that know it. @see Flink 2.2, "Metrics", "Connectors"
  flink_taskmanager_job_task_operator_pendingRecords: ofOperator,
  flink_taskmanager_job_task_operator_currentEmitEventTimeLag: ofOperator,
  flink_jobmanager_Status_JVM_Memory_Heap_Used: [],
  flink_jobmanager_Status_JVM_Memory_Heap_Max: [],
  flink_jobmanager_Status_JVM_GarbageCollector_All_TimeMsPerSecond: [],
  flink_taskmanager_Status_JVM_Memory_Heap_Used: [],
  flink_taskmanager_Status_JVM_Memory_Heap_Max: [],
  flink_taskmanager_Status_JVM_GarbageCollector_All_TimeMsPerSecond: [],
  flink_taskmanager_Status_Flink_Memory_Managed_Used: [],
  flink_taskmanager_Status_Flink_Memory_Managed_Total: [],
};
/** Of every time series: those of docs/prometheus/pod-monitor.yaml, and of the Prometheus Operator. */
const scrapeLabels = ['namespace', 'pod', 'cluster_id', 'component'];

interface Query {
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly namespace?: string;
  readonly metricName?: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Query[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

const text = readFileSync('docs/grafana/drey-flink.json', 'utf8');
const { panels, templating } = JSON.parse(text) as Dashboard;
const queries = panels.flatMap(({ title, targets = [] }) => targets.map((query) => ({ title, ...query })));
const ofFlink = queries.flatMap(({ title, expr = '', legendFormat = '' }) =>
  expr === '' ? [] : [{ title, expr, legendFormat }],
);
const ofDrey = queries.filter(({ datasource }) => datasource.type === 'cloudwatch');
const listFlinkMetrics = (expression: string) => expression.match(/\bflink_\w+/g) ?? [];

describe('the dashboard for Grafana', () => {
  it.each(ofFlink)('asks Prometheus for metrics and labels that Flink exports: $title', ({ expr, legendFormat }) => {
    const names = listFlinkMetrics(expr);
    const grouped = /\bby \(([^)]*)\)/.exec(expr)?.[1]?.split(', ');
    const known = names.map((name) => [...scrapeLabels, ...(flinkMetrics[name] ?? [])]);
    const used = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? '');

    expect(names.length).toBeGreaterThan(0);
    expect(Object.keys(flinkMetrics)).toEqual(expect.arrayContaining(names));
    for (const labels of known) expect(labels).toEqual(expect.arrayContaining(grouped ?? used));
    expect(grouped ?? used).toEqual(expect.arrayContaining(used));
    expect(expr.match(/namespace=~"\$namespace",cluster_id=~"\$cluster"/g)).toHaveLength(names.length);
  });

  it('has a list of the metrics that it uses, and no others', () => {
    expect(new Set(listFlinkMetrics(text))).toEqual(new Set(Object.keys(flinkMetrics)));
  });

  it.each(ofDrey)('asks CloudWatch for metrics of the table with their dimensions: $title', (query) => {
    const name = metricNames.find((known) => known === query.metricName);
    const { dimension, byTarget = false } = metricOf(name ?? 'Commands');
    const own = [dimension?.name ?? [], byTarget ? 'target' : []].flat();

    expect(name).toBe(query.metricName);
    expect(query.namespace).toBe(metricNamespace);
    expect(Object.keys(query.dimensions ?? {})).toEqual([...commonDimensions, ...own]);
  });

  it('shows every duration of Drey, beside what failed', () => {
    const durations = metricNames.filter((name) => metricOf(name).unit === 'Milliseconds');

    expect(new Set(ofDrey.map(({ metricName }) => metricName))).toEqual(new Set([...durations, 'FailedOperations']));
  });

  it('takes its sources of data from variables, and uses only variables that it has', () => {
    const variables = templating.list.map(({ name }) => name);
    const used = [...text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)].map(([, braced, plain]) => braced ?? plain);

    expect(new Set(queries.map(({ datasource }) => datasource.uid))).toEqual(
      new Set(['${prometheus}', '${cloudwatch}']),
    );
    expect(new Set(used.filter((name) => name !== '__all'))).toEqual(new Set(variables));
  });

  it('has panels with descriptions that do not overlap', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
    );

    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(panels.filter(({ type, description = '' }) => type !== 'row' && description === '')).toEqual([]);
  });
});
