import { describe, expect, it } from 'vitest';

import { parseQuantity } from '#events/kubernetes/quantity.ts';
import { computeJobManagerMemory, computeTaskManagerMemory } from '#shared/flink/memory.ts';
import { origins } from '#test/fakes/origins.ts';
import { clusterId, session, world } from '#test/unit/shared/clusters/fixture.ts';
import { faultOf } from '#test/unit/shared/flink/outcome.ts';

describe('a quantity of Kubernetes', () => {
  it.each([
    ['500m', 0.5],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['2', 2],
    [3, 3],
    ['1e3', 1000],
    ['1E', 1e18],
    ['+.5', 0.5],
    ['1e400', 2 ** 63],
    ['8E0', 8],
    ['1Pi', 2 ** 50],
    ['.5', 0.5],
    ['5.', 5],
    ['+1', 1],
    ['1E+2', 100],
    ['1e-3', 0.001],
    [' 1 ', 1],
    ['1.2.3', undefined],
    ['', undefined],
    ['1 Gi', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['1mi', undefined],
    ['0x10', undefined],
    ['1K', undefined],
    ['1E+', undefined],
    ['1e1.5', undefined],
    ['1e3Gi', undefined],
    ['--1', undefined],
    ['1_0', undefined],
    ['1e-4294967293', undefined], // Kubernetes reads 1000
    ['1e99999999999999999999', undefined],
  ])('%j is %j', (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });
});

describe.each(origins)('a size that no machine has, from %s', (_origin, send) => {
  it.each([
    'kubernetes.jobmanager.cpu.amount',
    'kubernetes.jobmanager.cpu.limit-factor',
    'kubernetes.taskmanager.memory.limit-factor',
    'taskmanager.cpu.cores',
  ])('is refused by name: %s', async (option) => {
    const data = { ...session, config: { [option]: '1e300' } };

    expect(await send('deploy', { clusterId, data }, world)).toMatchObject({
      outcome: 'rejected',
      code: 'refused-option',
      pointers: [`/config/${option}`],
    });
  });

  it('makes no demand that a record cannot hold', async () => {
    const config = { 'taskmanager.memory.process.size': '8388607t', 'slotmanager.number-of-slots.min': '2147483647' };
    await send('deploy', { clusterId, data: { ...session, config } }, world);

    const { demand } = [...world.store.admitted.values()].at(-1) ?? {};
    expect(Number.isSafeInteger(demand?.memoryMebibytes)).toBe(true);
  });
});

describe('a memory size that is too small', () => {
  it.each([
    [computeTaskManagerMemory, 'taskmanager.memory.process.size', '800m', 'network 64.000mb'],
    [computeTaskManagerMemory, 'taskmanager.memory.process.size', '200m', 'JVM metaspace 256.000mb'],
    [computeTaskManagerMemory, 'taskmanager.memory.flink.size', '300m', 'framework heap 128.000mb'],
    [computeJobManagerMemory, 'jobmanager.memory.process.size', '500m', 'off-heap memory of 128.000mb'],
    [computeJobManagerMemory, 'jobmanager.memory.process.size', '300m', 'that its parts need'],
  ] as const)('is refused with its parts and the least size that is enough (%#)', (compute, key, size, text) => {
    const message = faultOf(() => compute({ [key]: size }))?.message ?? '';

    expect(message).toContain(text);
    const least = Number(/set at least (\d+)m$/.exec(message)?.[1]);
    expect(() => compute({ [key]: `${least}m` })).not.toThrow();
    expect(() => compute({ [key]: `${least - 1}m` })).toThrow(key);
  });

  it('is refused as hopeless when its fractions leave nothing', () => {
    const config = { 'taskmanager.memory.process.size': '800m', 'taskmanager.memory.managed.fraction': '0.95' };

    expect(faultOf(() => computeTaskManagerMemory(config))?.message).toMatch(/no size is enough/);
  });
});
