import { describe, expect, it } from 'vitest';

import { applied, answersTo, cluster } from '#test/unit/cli/rollout-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

import {
  type ActionCommand,
  cancelJob,
  extendCluster,
  rescaleJob,
  rollOut,
  stopCluster,
  stopJob,
  submitJar,
  takeSavepoint,
} from '../../../dashboard/model/commands.ts';

const { server, run } = useLocalTarget();
const nightly = { target: 'local', clusterId: 'nightly' };
const job = { ...nightly, jobId: '8a077da4350254f0f435da5061d32226' };
const plain = { savepoint: 'none', savepointDirectory: '', ha: 'keep' } as const;
const unchanged = {
  state: 'savepoint',
  savepointDirectory: '',
  stableWithin: '',
  to: undefined,
  allowFailed: false,
} as const;
const jar = {
  jar: 's3://bucket/uploads/local/1/job.jar',
  entryClass: '',
  args: [],
  parallelism: undefined,
  savepoint: '',
  allowNonRestoredState: false,
};

const cases: Readonly<Record<string, ActionCommand>> = {
  stop: stopCluster(nightly, plain),
  'stop with savepoints': stopCluster(nightly, {
    savepoint: 'required',
    savepointDirectory: ' s3://b/s ',
    ha: 'purge',
  }),
  'stop that ignores the directory of no savepoint': stopCluster(nightly, { ...plain, savepointDirectory: 's3://b' }),
  'extend by a time': extendCluster(nightly, { ttl: '4h', until: '', idleAfter: '2h' }),
  'extend to a time': extendCluster(nightly, { ttl: '', until: '2026-12-01T20:00:00.000Z', idleAfter: '' }),
  suspend: rollOut('suspend', nightly, { ...unchanged, savepointDirectory: 's3://b/s' }),
  'suspend without state': rollOut('suspend', nightly, { ...unchanged, state: 'none', stableWithin: '1min' }),
  resume: rollOut('resume', nightly, { ...unchanged, stableWithin: '1min', state: 'none' }),
  restart: rollOut('restart', nightly, { ...unchanged, state: 'last-state', stableWithin: '1min' }),
  rollback: rollOut('rollback', nightly, unchanged),
  'rollback to a failed revision': rollOut('rollback', nightly, { ...unchanged, to: 3, allowFailed: true }),
  cancel: cancelJob(job),
  'stop of a job': stopJob(job, { directory: '', format: 'CANONICAL', drain: false }),
  'stop of a job with all options': stopJob(job, { directory: 's3://b/s', format: 'NATIVE', drain: true }),
  savepoint: takeSavepoint(job, { directory: '', format: 'CANONICAL' }),
  'savepoint in a directory': takeSavepoint(job, { directory: 's3://b/s', format: 'NATIVE' }),
  rescale: rescaleJob(job, 4),
  submit: submitJar(nightly, jar),
  'submit with all options': submitJar(nightly, {
    ...jar,
    entryClass: 'com.example.Nightly',
    args: ['--day', '2026-11-23', "it's -p 3"],
    parallelism: 4,
    savepoint: 's3://b/savepoint-1',
    allowNonRestoredState: true,
  }),
};

const toRoute = ({ route, path }: ActionCommand): string =>
  Object.entries(path).reduce((filled, [name, value]) => filled.replace(`{${name}}`, value), `POST ${route}`);

/** A submit has an empty configuration on the command line, which is the default. */
const withoutDefaults = ({ config: _config, ...body }: Readonly<Record<string, unknown>>) => body;

describe('the command line of an action of the dashboard', () => {
  it.each(Object.entries(cases))('%s sends the request of the dashboard', async (_name, action) => {
    const route = toRoute(action);
    const ended = applied({ jobId: job.jobId, savepoint: 's3://b/savepoint-2' });
    const replies = { ...answersTo(route, ended), [`GET ${cluster}/jobs`]: { body: { jobs: [] } } };

    const { code, stdout, stderr } = await run(replies, action.words);

    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    const sent = server.received.findLast(({ method }) => method === 'POST');
    expect(`${sent?.method} ${sent?.path}`).toBe(route);
    expect(withoutDefaults({ ...(sent?.json as object) })).toEqual(action.body);
  });
});
