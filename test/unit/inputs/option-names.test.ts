import { describe, expect, it } from 'vitest';

import { parseConfigFile } from '#shared/flink/config-file.ts';
import { origins } from '#test/fakes/origins.ts';
import {
  clusterId,
  getFlink,
  getLastOperation,
  jar,
  limitTarget,
  setPolicy,
  runWorkflows,
  world,
} from '#test/unit/shared/clusters/fixture.ts';

const defaults = {
  'execution.checkpointing.num-retained': '5',
  'execution.checkpointing.dir': 's3://b/a',
  'pekko.ask.timeout': '11 s',
  'execution.checkpointing.incremental': 'false',
};
const config = {
  'state.checkpoints.num-retained': '20',
  'state.checkpoints.dir': 's3://b/b',
  'akka.ask.timeout': '22 s',
  'state.backend.incremental': 'true',
};
const readConfigFile = () => {
  const objects = world.kubernetes.cluster(clusterId).manifests?.dependents ?? [];
  const texts = objects.flatMap((object) => ('data' in object ? [object.data?.['config.yaml']] : []));
  return parseConfigFile(texts.find((text) => text !== undefined) ?? '');
};

describe.each(origins)('options under deprecated names, from %s', (_origin, send) => {
  it.each(['1.20', '2.3'] as const)(
    'take precedence over the defaults of the target on Flink %s',
    async (flinkVersion) => {
      limitTarget({ defaults });

      await send('deploy', { clusterId, data: { mode: 'session', flinkVersion, config } }, world);

      expect(readConfigFile()).toMatchObject({
        'execution.checkpointing.num-retained': '20',
        'execution.checkpointing.dir': 's3://b/b',
        'pekko.ask.timeout': '22 s',
        'execution.checkpointing.incremental': 'true',
      });
      for (const name of Object.keys(config)) expect(readConfigFile()).not.toHaveProperty([name]);
    },
  );

  it('reach the jobs of a session under the names of its version', async () => {
    const job = { 'state.checkpoints.num-retained': '20', 'jobstore.cache-size': '7' };
    await send('deploy', { clusterId, data: { mode: 'session', flinkVersion: '2.3' } }, world);
    await runWorkflows();
    await send('submit', { clusterId, data: { jar, config: job } }, world);
    await runWorkflows();

    expect([...getFlink().jobs.values()][0]?.options.flinkConfiguration).toEqual({
      'execution.checkpointing.num-retained': '20',
      'completed-application-store.cache-size': '7',
    });
  });

  it('cause a warning beside another name with another value', async () => {
    const both = { 'state.backend': 'hashmap', 'state.backend.type': 'rocksdb' };

    await send('deploy', { clusterId, data: { mode: 'session', config: both } }, world);

    expect(readConfigFile()).toMatchObject({ 'state.backend.type': 'rocksdb' });
    expect(getLastOperation()).toMatchObject({
      warnings: [
        'state.backend of the command is not applied, because state.backend.type is set to another value. They are names of one option.',
      ],
    });
  });

  it('cause a warning in a job when they are mistyped', async () => {
    await send('deploy', { clusterId, data: { mode: 'session' } }, world);
    await runWorkflows();
    await send('submit', { clusterId, data: { jar, config: { 'state.chekpoints.num-retained': '20' } } }, world);

    expect(getLastOperation()).toMatchObject({
      kind: 'submit',
      warnings: [
        'state.chekpoints.num-retained is not an option of Flink. The most similar option is execution.checkpointing.num-retained.',
      ],
    });
  });

  it('are denied with their option', async () => {
    setPolicy({ denied: ['execution.checkpointing.dir'] });

    const outcome = await send('deploy', { clusterId, data: { mode: 'session', config } }, world);

    expect(outcome).toMatchObject({ code: 'refused-option', pointers: ['/config/state.checkpoints.dir'] });
  });
});
