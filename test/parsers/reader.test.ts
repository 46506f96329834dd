import { describe, expect, it } from 'vitest';

import { flinkLines, useFlink } from './flink.ts';

describe.each(flinkLines)('the parser of Flink %s', (line) => {
  const read = useFlink(line);

  it('reads what a program and its pods get from config.yaml', async () => {
    const text = [
      'kubernetes.cluster-id: nest',
      'taskmanager.memory.process.size: 1728m',
      "$internal.application.program-args: ['a;b', '', '7e10']",
      "containerized.taskmanager.env.TZ: 'Europe/Berlin'",
      "kubernetes.taskmanager.labels: '{commit: 7e10}'",
    ].join('\n');

    expect(await read([{ file: 'config.yaml', text, pods: true }])).toMatchObject([
      {
        arguments: ['a;b', '', '7e10'],
        taskManager: { env: { TZ: 'Europe/Berlin' }, labels: { commit: '7.0E10' } },
      },
    ]);
  });

  it('reads the request that runs a jar on a session', async () => {
    const run = { programArgsList: ['a;b', ''], flinkConfiguration: { 'pipeline.name': 'x' } };

    expect(await read([{ run }])).toMatchObject([{ arguments: ['a;b', ''], options: { 'pipeline.name': 'x' } }]);
  });
});
