import { describe, expect, it } from 'vitest';

import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

const warn = (config: Readonly<Record<string, string>>, defaults = {}) =>
  renderCluster({ mode: 'session', clusterId: 'nest', namespace: 'trees', config, defaults }).warnings;

const labels = 'kubernetes.jobmanager.labels';

describe('one name of a map', () => {
  it('causes a warning when the same source sets the whole map', () => {
    expect(warn({ [labels]: 'a:1', [`${labels}.b`]: '2' })).toEqual([
      `${labels}.b of the command is not applied, because ${labels} is set, too. Write all names in one of the forms.`,
    ]);
  });

  it('causes none when a weaker source sets the map', () => {
    expect(warn({ [`${labels}.b`]: '2' }, { [labels]: 'a:1' })).toEqual([]);
  });

  it('causes none below an option that is no map', () => {
    expect(warn({ 's3.endpoint': 'http://a', 's3.endpoint.region': 'b' })).toEqual([]);
  });
});
