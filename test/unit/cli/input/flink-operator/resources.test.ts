import { describe, expect, it } from 'vitest';

import { beginsWith, configOf, convert, deployment } from './fixture.ts';

const pods = [
  ['jobManager', 'jobmanager'],
  ['taskManager', 'taskmanager'],
] as const;

describe.each(pods)('resources of %s', (field, process) => {
  const of = (section: unknown) => deployment({ jobManager: undefined, taskManager: undefined, [field]: section });

  it.each([
    ['2048m', '2048m'],
    ['1G', '1G'],
    ['1 gb', '1 gb'],
    ['1073741824', '1073741824'],
    ['2Gi', '2048m'],
    ['1.5Gi', '1536m'],
    ['2gi', '2048m'],
    ['1.5GB', '1500000000b'],
    ['512 MiB', '512m'],
  ])('read the memory %s as %s of Flink, whose units are binary', (memory, size) => {
    const option = `${process}.memory.process.size`;

    expect(configOf(of({ resource: { memory } }))[option]).toBe(size);
    expect(configOf(of({ resources: { requests: { memory } } }))[option]).toBe(size);
  });

  it.each([
    [0.5, '0.5'],
    ['500m', '0.5'],
    ['1100m', '1.1'],
    ['2', '2'],
    [4, '4'],
  ])('read %s CPUs', (cpu, amount) => {
    const option = `kubernetes.${process}.cpu.amount`;

    expect(configOf(of({ resource: { cpu } }))[option]).toBe(amount);
    expect(configOf(of({ resources: { limits: { cpu } } }))[option]).toBe(amount);
  });

  it('have limits as factors of the requests', () => {
    const resources = { requests: { cpu: '500m', memory: '1024m' }, limits: { cpu: 2, memory: '1.5Gi' } };

    expect(configOf(of({ resources }))).toEqual({
      'kubernetes.service-account': 'flink',
      [`kubernetes.${process}.cpu.amount`]: '0.5',
      [`kubernetes.${process}.cpu.limit-factor`]: '4',
      [`${process}.memory.process.size`]: '1024m',
      [`kubernetes.${process}.memory.limit-factor`]: '1.5',
    });
  });

  it('are those of `resources` if both fields are set', () => {
    const { deploy, notes } = convert(of({ resource: { cpu: 4 }, resources: { requests: { cpu: 1 } } }));

    expect(deploy['config']).toMatchObject({ [`kubernetes.${process}.cpu.amount`]: '1' });
    expect(notes).toEqual([expect.stringMatching(new RegExp(`^spec\\.${field}\\.resource: The operator ignores`))]);
    expect(configOf(of({ resource: { cpu: 4 }, resources: {} }))).toMatchObject({
      [`kubernetes.${process}.cpu.amount`]: '4',
    });
  });

  it('replace options of flinkConfiguration, also under a deprecated name', () => {
    const flinkConfiguration = {
      [`kubernetes.${process}.cpu`]: 8,
      [`${process}.memory.process.size`]: '8g',
      [`${process}.memory.jvm-metaspace.size`]: '300m',
    };
    const config = configOf(deployment({ flinkConfiguration, [field]: { resource: { cpu: 1, memory: '2g' } } }));

    expect(config).toMatchObject({
      [`kubernetes.${process}.cpu.amount`]: '1',
      [`${process}.memory.process.size`]: '2g',
      [`${process}.memory.jvm-metaspace.size`]: '300m',
    });
    expect(config).not.toHaveProperty([`kubernetes.${process}.cpu`]);
  });

  it('have what Flink has no options for in the main container of the pod template', () => {
    const name = 'flink-main-container';
    const amounts = { 'ephemeral-storage': '2Gi' };
    const templates = (section: unknown) => convert(of(section)).deploy['podTemplates'];
    const withResources = (resources: unknown) => ({ [process]: { spec: { containers: [{ name, resources }] } } });

    expect(templates({ resource: { ephemeralStorage: '2Gi' } })).toEqual(
      withResources({ requests: amounts, limits: amounts }),
    );
    expect(templates({ resources: { requests: { cpu: 1, ...amounts }, limits: { 'nvidia.com/gpu': 1 } } })).toEqual(
      withResources({ requests: amounts, limits: { 'nvidia.com/gpu': 1 } }),
    );
    const podTemplate = {
      spec: {
        containers: [
          { name: 'sidecar', image: 'fluent-bit:3' },
          { name, resources: { limits: { 'ephemeral-storage': '1Gi', 'example.com/a': 1 } } },
        ],
      },
    };
    expect(templates({ resource: { ephemeralStorage: '2Gi' }, podTemplate })).toEqual({
      [process]: {
        spec: {
          containers: [
            { name: 'sidecar', image: 'fluent-bit:3' },
            { name, resources: { requests: amounts, limits: { ...amounts, 'example.com/a': 1 } } },
          ],
        },
      },
    });
  });

  it.each([
    ['resource.memory', { resource: { memory: 'much' } }],
    ['resource.memory', { resource: { memory: '0.3b' } }],
    ['resource.memory', { resource: { memory: '0' } }],
    ['resource.cpu', { resource: { cpu: 'two' } }],
    ['resource.cpu', { resource: { cpu: -1 } }],
    ['resources.requests.memory', { resources: { requests: { memory: '2Gi' }, limits: { memory: '1Gi' } } }],
    ['resources.requests.cpu', { resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } }],
    ['resources.limits', { resources: { requests: { cpu: 2 }, limits: 1 } }],
    ['resource', { resource: '2g' }],
  ])('are refused because of %s', (name, section) => {
    expect(convert(of(section)).refusals[0]).toEqual(beginsWith(`spec.${field}.${name}: `));
  });
});
