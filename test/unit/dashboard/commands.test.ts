import { describe, expect, it } from 'vitest';

import { applied, answersTo, cluster } from '#test/unit/cli/rollout-fixture.ts';
import { useLocalTarget } from '#test/unit/cli/setup.ts';

import {
  disposeSnapshot,
  extendCluster,
  rollOut,
  stopCluster,
} from '../../../dashboard/model/commands/cluster-commands.ts';
import type { ActionCommand } from '../../../dashboard/model/commands/command.ts';
import {
  cancelJob,
  rescaleJob,
  stopJob,
  takeCheckpoint,
  takeSavepoint,
} from '../../../dashboard/model/commands/job-commands.ts';
import { applyJob, submitJar } from '../../../dashboard/model/commands/program-commands.ts';

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

const allProgramOptions = {
  entryClass: 'com.example.Nightly',
  args: ['--day', '2026-11-23', "it's -p 3"],
  parallelism: 4,
};
const rollout = {
  state: 'savepoint',
  savepointDirectory: '',
  savepoint: '',
  allowNonRestoredState: false,
  stableWithin: '',
  maxRestarts: undefined,
  onFailure: 'rollback',
} as const;

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
  checkpoint: takeCheckpoint(job, false),
  'full checkpoint': takeCheckpoint(job, true),
  'disposal of a snapshot': disposeSnapshot({ ...nightly, snapshotId: '0192f6d27d5c7b0e8f4e0f6f4f3f2a14' }),
  rescale: rescaleJob(job, 4),
  'apply of a job': applyJob(job, { ...jar, rollout }),
  'apply of a job with all options': applyJob(job, {
    ...jar,
    ...allProgramOptions,
    rollout: {
      ...rollout,
      savepointDirectory: 's3://b/s',
      savepoint: 's3://b/savepoint-1',
      allowNonRestoredState: true,
      stableWithin: '1min',
      maxRestarts: 2,
      onFailure: 'keep',
    },
  }),
  'apply of a job without its state': applyJob(job, {
    ...jar,
    rollout: { ...rollout, state: 'none', savepointDirectory: 's3://b/s', allowNonRestoredState: true },
  }),
  'apply of a job from another savepoint': applyJob(job, {
    ...jar,
    rollout: { ...rollout, state: 'none', savepoint: 's3://b/savepoint-1', allowNonRestoredState: true },
  }),
  submit: submitJar(nightly, jar),
  'submit with all options': submitJar(nightly, {
    ...jar,
    ...allProgramOptions,
    savepoint: 's3://b/savepoint-1',
    allowNonRestoredState: true,
  }),
};

const toRoute = ({ method, route, path }: ActionCommand): string =>
  Object.entries(path).reduce(
    (filled, [name, value]) => filled.replace(`{${name}}`, value),
    `${method ?? 'POST'} ${route}`,
  );

/** A program has an empty configuration on the command line, which is the default. */
const withoutDefaults = ({ config: _config, ...body }: Readonly<Record<string, unknown>>) => body;

describe('the command line of an action of the dashboard', () => {
  it.each(Object.entries(cases))('%s sends the request of the dashboard', async (_name, action) => {
    const route = toRoute(action);
    const ended = applied({ jobId: job.jobId, savepoint: 's3://b/savepoint-2' });
    const replies = { ...answersTo(route, ended), [`GET ${cluster}/jobs`]: { body: { jobs: [] } } };

    const { code, stdout, stderr } = await run(replies, action.words);

    expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
    const sent = server.received.findLast(({ method }) => method !== 'GET');
    expect(`${sent?.method} ${sent?.path}`).toBe(route);
    expect(withoutDefaults({ ...(sent?.json as object) })).toEqual(action.body);
  });
});
