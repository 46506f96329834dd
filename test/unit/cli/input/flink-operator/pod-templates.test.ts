import { describe, expect, it } from 'vitest';

import { mergePodTemplates } from '#cli/input/flink-operator/pod-templates.ts';

import { convert, deployment } from './fixture.ts';

const pod = (...containers: readonly unknown[]) => ({ spec: { containers } });
const byName = { 'kubernetes.operator.pod-template.merge-arrays-by-name': true };

describe('pod templates', () => {
  it('are one for all pods unless a process has its own', () => {
    const podTemplate = pod({ name: 'flink-main-container', env: [{ name: 'A', value: '1' }] });

    expect(convert(deployment({ podTemplate })).deploy['podTemplates']).toEqual({ default: podTemplate });
    expect(convert(deployment()).deploy).not.toHaveProperty('podTemplates');
  });

  it('of a process are merged into the common one', () => {
    const podTemplate = { metadata: { labels: { a: '1' } }, ...pod({ name: 'flink-main-container' }) };
    const own = { metadata: { labels: { b: '2' } }, spec: { initContainers: [{ name: 'fetch', image: 'busybox:1' }] } };
    const { deploy } = convert(deployment({ podTemplate, jobManager: { podTemplate: own } }));

    expect(deploy['podTemplates']).toEqual({
      jobmanager: {
        metadata: { labels: { a: '1', b: '2' } },
        spec: {
          containers: [{ name: 'flink-main-container' }],
          initContainers: [{ name: 'fetch', image: 'busybox:1' }],
        },
      },
      taskmanager: podTemplate,
    });
  });

  it('of one process leave the other without a template', () => {
    const podTemplate = pod({ name: 'flink-main-container' });

    expect(convert(deployment({ taskManager: { podTemplate } })).deploy['podTemplates']).toEqual({
      taskmanager: podTemplate,
    });
  });

  it('have their lists merged by position, or by name if an option of the operator says so', () => {
    const podTemplate = pod({ name: 'flink-main-container', image: 'a' }, { name: 'sidecar', image: 'b' });
    const own = pod({ name: 'sidecar', image: 'c' });
    const templates = (flinkConfiguration: unknown) =>
      convert(deployment({ flinkConfiguration, podTemplate, jobManager: { podTemplate: own } })).deploy['podTemplates'];

    expect(templates({})).toMatchObject({
      jobmanager: pod({ name: 'sidecar', image: 'c' }, { name: 'sidecar', image: 'b' }),
    });
    expect(templates(byName)).toMatchObject({
      jobmanager: pod({ name: 'flink-main-container', image: 'a' }, { name: 'sidecar', image: 'c' }),
    });
  });

  it.each([
    ['map over map', { a: { x: 1, y: 2 } }, { a: { y: 3, z: 4 } }, { a: { x: 1, y: 3, z: 4 } }],
    ['text over text', { a: 'x' }, { a: 'y' }, { a: 'y' }],
    ['text over map', { a: { x: 1 } }, { a: 'y' }, { a: { x: 1 } }],
    ['map over text', { a: 'x' }, { a: { y: 1 } }, { a: { y: 1 } }],
    ['empty over text', { a: 'x' }, { a: null }, { a: 'x' }],
    ['scalars of lists', { a: ['x', 'y'] }, { a: ['z'] }, { a: ['x', 'y'] }],
    ['longer list', { a: [{ x: 1 }] }, { a: [{ y: 2 }, 'z'] }, { a: [{ x: 1, y: 2 }, 'z'] }],
    ['list over text', { a: 'x' }, { a: ['y'] }, { a: ['y'] }],
  ])('merge %s as the operator does', (_name, common, own, expected) => {
    expect(mergePodTemplates(common, own, false)).toEqual(expected);
  });

  it('merge items of equal names, and others by position if one item has no name', () => {
    const named = { a: [{ name: 'p', x: 1 }, { name: 'q' }] };

    expect(mergePodTemplates(named, { a: [{ name: 'q', y: 2 }, { name: 'r' }] }, true)).toEqual({
      a: [{ name: 'p', x: 1 }, { name: 'q', y: 2 }, { name: 'r' }],
    });
    expect(mergePodTemplates(named, { a: [{ y: 2 }] }, true)).toEqual({
      a: [{ name: 'p', x: 1, y: 2 }, { name: 'q' }],
    });
  });

  it('do not change those of the resource', () => {
    const common = { a: [{ x: 1 }] };

    mergePodTemplates(common, { a: [{ y: 2 }] }, false);

    expect(common).toEqual({ a: [{ x: 1 }] });
  });

  it.each([
    ['spec.podTemplate', { podTemplate: { spec: { containers: 'a' } } }],
    ['spec.jobManager.podTemplate', { jobManager: { podTemplate: { spec: { containers: 'a' } } } }],
    ['spec.taskManager.podTemplate', { taskManager: { podTemplate: { spec: { containers: 'a' } } } }],
  ])('are refused by the field %s', (field, spec) => {
    expect(convert(deployment(spec)).refusals).toEqual([`${field}.spec.containers: must be a list, not text`]);
  });
});
