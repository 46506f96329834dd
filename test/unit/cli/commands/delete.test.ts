import { describe, expect, it } from 'vitest';

import { answersTo, applied, cluster } from '#test/unit/cli/rollout-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const stopped = answersTo(`POST ${cluster}/stop`, applied({ kind: 'stop', rollout: undefined }));
const lastBody = () => server.received.findLast(({ method }) => method === 'POST')?.json;

describe('drey delete', () => {
  it('stops a cluster and waits for its end', async () => {
    expect(await run(stopped, ['delete', 'nightly'])).toMatchObject({ code: 0, stdout: 'Stopped cluster nightly.\n' });
    expect(lastBody()).toEqual({});
  });

  it('passes its options on', async () => {
    const options = ['--savepoint', 'required', '--savepoint-directory', 's3://b/s', '--ha', 'purge'];
    await run(stopped, ['delete', 'nightly', ...options]);

    expect(lastBody()).toEqual({ savepoint: 'required', savepointDirectory: 's3://b/s', ha: 'purge' });
  });

  it('does not pass on the options of all commands', async () => {
    const { code } = await run(stopped, ['delete', 'nightly', '--at', 'local', '--output', 'json', '--verbose']);

    expect({ code, body: lastBody() }).toEqual({ code: 0, body: {} });
  });

  it('returns at once with --no-wait', async () => {
    const { code, stdout } = await run(stopped, ['delete', 'nightly', '--no-wait']);

    expect(code).toBe(0);
    expect(stdout).toContain('Stopping cluster nightly.\n');
  });
});
