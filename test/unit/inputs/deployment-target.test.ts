import { describe, expect, it } from 'vitest';

import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';
import { origins } from '#test/fakes/origins.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { clusterId, getLastOperation, jar, session, startSession, world } from '#test/unit/shared/clusters/fixture.ts';

const key = 'execution.target';
const application = { mode: 'application', job: { jar: 'local:///x.jar' } };

describe.each(origins)('the option execution.target, from %s', (_origin, send) => {
  it.each([
    [session, 'kubernetes-application'],
    [session, 'remote'],
    [application, 'kubernetes-session'],
  ])('is refused if it contradicts the mode: %j, %s', async (data, target) => {
    const sent = await send('deploy', { clusterId, data: { ...data, config: { [key]: target } } }, world);

    expect(sent).toMatchObject({ code: 'refused-option', pointers: [`/config/${key}`] });
  });

  it.each(['kubernetes-session', 'KUBERNETES-SESSION', ' '])(
    'is accepted if it equals the mode: %s',
    async (target) => {
      await send('deploy', { clusterId, data: { ...session, config: { [key]: target } } }, world);

      expect(getLastOperation()).toMatchObject({ kind: 'deploy' });
      expect(getLastOperation()).not.toHaveProperty('warnings');
    },
  );

  it('is refused as the mode is, for jobs of their own', async () => {
    const config = { [key]: 'kubernetes-per-job' };

    expect(await send('deploy', { clusterId, data: { ...session, config } }, world)).toMatchObject({
      code: 'unsupported-mode',
      pointers: [`/config/${key}`],
    });
  });

  it('causes a warning for a job on a session', async () => {
    await startSession(send);
    await send('submit', { clusterId, data: { jar, config: { [key]: 'kubernetes-application' } } }, world);

    expect(getLastOperation()?.warnings).toEqual([expect.stringContaining(`${key} of the job is not applied`)]);
  });
});

describe('the mode of a command', () => {
  it('overrides execution.target of the configuration folder and of the target, as in Flink', () => {
    const other = { [key]: 'kubernetes-application' };
    const { config, warnings } = renderCluster({
      mode: 'session',
      clusterId: 'nest',
      namespace: 'trees',
      defaults: other,
      config: {},
    });

    expect(config[key]?.value).toBe('kubernetes-session');
    expect(warnings).toEqual([]);
  });

  it.each([
    ['run', '-t', 'kubernetes-session', '-Dexecution.target=kubernetes-application'],
    ['run', '-e', 'kubernetes-application', '-t', 'kubernetes-session'],
  ])('is given once: %s %s %s', async (...words) => {
    const ended = await drey([...words, 'local:///x.jar'], { api: undefined });

    expect(ended.code).toBe(1);
    expect(`${ended.stdout}${ended.stderr}`).toContain('names two deployment targets');
  });

  it.each([
    ['-t', 'kubernetes-application', '-Dexecution.target='],
    ['-t', 'kubernetes-application', '-Dexecution.target=Kubernetes-Application'],
    ['-t', 'KUBERNETES-APPLICATION', '-Dexecution.target= kubernetes-application'],
  ])('is the same in another case, and a blank option stands for none: %s %s %s', async (...words) => {
    const ended = await drey(['render', 'run', ...words, '-Dkubernetes.cluster-id=nest', 'local:///x.jar'], {
      api: undefined,
    });

    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });
});
