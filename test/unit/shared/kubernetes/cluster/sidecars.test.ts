import { describe, expect, it } from 'vitest';

import { kubernetesWith, object } from './fixture.ts';

const crashLoop = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } };
const ended = (exitCode: number) => ({ terminated: { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' } });
const running = { running: {} };

const container = (name: string, state: object, restartCount = 0) => ({ name, ready: false, restartCount, state });
const main = (state: object) => container('flink-main-container', state);

const observePod = async (status: object, spec: object = {}, component = 'taskmanager') => {
  const pod = object('my-pod', { labels: { component } }, { spec, status: { phase: 'Running', ...status } });
  const { kubernetes } = kubernetesWith(({ path }) => ({
    status: 200,
    body: { items: path.includes('/pods') ? [pod] : [] },
  }));
  const [observed] = await kubernetes.listPods(['my']);
  return observed;
};

describe('a container beside that of Flink', () => {
  it.each([
    ['crashes', crashLoop],
    ['ends with 0', ended(0)],
    ['ends with 1', ended(1)],
    ['has no image', { waiting: { reason: 'ImagePullBackOff', message: 'not found' } }],
  ])('is no trouble of Flink when it %s', async (_what, state) => {
    const pod = await observePod({ containerStatuses: [container('proxy', state, 7), main(running)] });

    expect(pod).toMatchObject({ trouble: undefined, restarts: 0, sidecarTrouble: expect.anything() });
  });

  it.each([
    ['runs', running],
    ['crashes', crashLoop],
  ])('does not hide the end of Flink when it %s', async (_what, state) => {
    const pod = await observePod({ containerStatuses: [container('a-proxy', state), main(ended(1))] });

    expect(pod?.trouble).toEqual({
      reason: 'Error',
      message: 'container flink-main-container ended with exit code 1 (Error)',
      container: 'flink-main-container',
      exitCode: 1,
    });
  });

  it('may be an init container that is always restarted', async () => {
    const spec = { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }, { name: 'fetch' }] };
    const statuses = (fetch: object) => ({
      initContainerStatuses: [container('proxy', crashLoop), container('fetch', fetch)],
      containerStatuses: [main(running)],
    });

    expect((await observePod(statuses(ended(0)), spec))?.trouble).toBeUndefined();
    expect((await observePod(statuses(ended(2)), spec))?.trouble).toMatchObject({ exitCode: 2 });
  });
});
