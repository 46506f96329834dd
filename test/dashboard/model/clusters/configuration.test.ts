import { describe, expect, it } from 'vitest';

import { toOptions } from '../../../../dashboard/model/clusters/configuration.ts';

describe('toOptions', () => {
  const plan = {
    config: {
      'taskmanager.numberOfTaskSlots': { value: 4, from: 'command' },
      'kubernetes.service-account': { value: 'flink', from: 'target' },
      'pipeline.classpaths': { value: ['a', 'b'], from: 'drey' },
    },
  } as const;

  it('has the values of Flink with the origins of the plan, and tells what a deploy would change', () => {
    const flink = [
      { key: 'taskmanager.numberOfTaskSlots', value: '2' },
      { key: 'jobmanager.rpc.address', value: 'nightly' },
      { key: 's3.secret-key', value: '******' },
      null,
    ];
    expect(
      toOptions(flink, { config: { ...plan.config, 's3.secret-key': { value: '******', from: 'command' } } }),
    ).toEqual([
      { key: 'jobmanager.rpc.address', value: 'nightly', origin: 'flink', isSecret: false },
      { key: 'kubernetes.service-account', value: 'flink', origin: 'target', isSecret: false },
      { key: 'pipeline.classpaths', value: 'a;b', origin: 'drey', isSecret: false },
      { key: 's3.secret-key', value: '******', origin: 'command', isSecret: true },
      { key: 'taskmanager.numberOfTaskSlots', value: '2', origin: 'command', isSecret: false, planned: '4' },
    ]);
  });

  it('has nothing without answers', () => expect(toOptions(undefined, undefined)).toEqual([]));
});
