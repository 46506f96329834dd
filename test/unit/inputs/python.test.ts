import { describe, expect, it } from 'vitest';

import { dispatchReconcile } from '#shared/clusters/reconcile/dispatch-reconcile.ts';
import { origins, sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { runQueues } from '#test/fakes/world.ts';
import { getLastOperation, runWorkflows, world } from '#test/unit/shared/clusters/fixture.ts';
import { callSchedules, callSpecs, handleTimerEvent } from '#test/unit/shared/clusters/schedules/fixture.ts';

const config = { 'kubernetes.container.image.ref': 'my-python:2.2' };
const job = {
  python: { file: 'wc.py', files: ['lib'], sources: { 'wc.py': 'import words', 'lib/words.py': 'x = "${day}"' } },
  args: ['--day', '2026-11-24'],
};
const application = { mode: 'application', config, job };
/** Each origin of a command that starts the application `words`. */
const ways: readonly (readonly [name: string, start: () => Promise<unknown>])[] = [
  ['http', () => sendHttp('deploy', { clusterId: 'words', data: application }, world)],
  ['the queue', () => sendMessage('deploy', { clusterId: 'words', data: application }, world)],
  [
    'a batch',
    async () => {
      const template = { ...application, clusterId: 'words' };
      await sendHttp('batch', { data: { name: 'days', template, parameters: [{}] } }, world);
      await runQueues(world);
    },
  ],
  [
    'a spec on a schedule',
    async () => {
      await callSpecs('PUT', 'words', { ...application, clusterId: 'words' });
      await callSchedules('PUT', 'morning', { action: 'deploy', expression: 'cron(0 7 * * ? *)', spec: 'words' });
      await handleTimerEvent();
      await runWorkflows();
    },
  ],
];

describe.each(ways)('a Python program from %s', (_origin, start) => {
  it('is in the options and the ConfigMap of its cluster, as it was sent', async () => {
    await start();

    const text = JSON.stringify(world.kubernetes.cluster('words').manifests);
    expect(text).toContain('org.apache.flink.client.python.PythonDriver');
    expect(text).toContain('/opt/flink/python/wc.py');
    expect(text).toContain('2026-11-24');
    expect(text).toContain(JSON.stringify('x = "${day}"'));
  });
});

describe.each(origins)('a mistake in a Python program from %s', (_origin, send) => {
  it.each([
    [{ python: { file: 'wc.py' } }, 'refused-option', ['/job/python/file']],
    [{ python: { file: '/wc.py', module: 'wc' } }, 'malformed-request', ['/job/python']],
    [{ python: {} }, 'malformed-request', ['/job/python']],
    [{ python: { module: 'w-c' } }, 'malformed-request', ['/job/python/module']],
    [{ python: { module: 'wc', files: ['a,b'] } }, 'malformed-request', ['/job/python/files/0']],
    [{ python: { file: 'a.py', sources: { '../a.py': '' } } }, 'malformed-request', ['/job/python/sources/..~1a.py']],
    [
      { python: { file: 'a.py', sources: { 'a.py': '', 'a.py/b': '' } } },
      'malformed-request',
      ['/job/python/sources/a.py'],
    ],
    [{ python: { module: 'wc' }, entryClass: 'a.B' }, 'malformed-request', ['/job/entryClass']],
    [{ python: { module: 'wc' }, jar: 'local:///a.jar' }, 'malformed-request', ['/job']],
    [{ args: [] }, 'malformed-request', ['/job']],
  ])('is named (%#)', async (wrong, code, pointers) => {
    const outcome = await send('deploy', { clusterId: 'words', data: { ...application, job: wrong } }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', code, pointers });
    expect(getLastOperation()).toBeUndefined();
  });

  it.each([
    '../a.py',
    'lib/../a.py',
    'lib/..',
    '..',
    '..a.py',
    '/opt/a.py',
    'lib//a.py',
    'lib/',
    './a.py',
    'lib/.',
    '',
    'a\n.py',
    'a\x7f.py',
    `${'ä'.repeat(128)}.py`,
    'a'.repeat(201),
  ])('is named: the path %j of a source', async (path) => {
    const python = { module: 'wc', sources: { [path]: '' } };

    const outcome = await send('deploy', { clusterId: 'words', data: { ...application, job: { python } } }, world);

    const pointer = `/job/python/sources/${path.replaceAll('/', '~1')}`;
    expect(outcome).toMatchObject({ outcome: 'rejected', code: 'malformed-request', pointers: [pointer] });
  });

  it('is named on a session, which has no program', async () => {
    const outcome = await send('submit', { clusterId: 'words', data: { python: { file: '/wc.py' } } }, world);

    expect(outcome).toMatchObject({ outcome: 'rejected', pointers: ['/python', '/jar'] });
  });
});

describe.each(origins)('an image without Python from %s', (_origin, send) => {
  it('is a warning of the operation', async () => {
    const data = { ...application, config: { 'kubernetes.container.image.ref': 'flink:2.2' } };
    await send('deploy', { clusterId: 'words', data }, world);

    expect(getLastOperation()?.warnings).toEqual([
      'Image flink:2.2 has no Python. Set kubernetes.container.image.ref to an image with Python and apache-flink.',
    ]);
  });
});

describe('a Python program that fails', () => {
  const log = [
    'INFO PythonDriver [] - --------------------------- Python Process Started --------------------------',
    'Traceback (most recent call last):',
    "ModuleNotFoundError: No module named 'pyflink'",
    'INFO PythonDriver [] - --------------------------- Python Process Exited ---------------------------',
    'Caused by: java.lang.RuntimeException: Python process exits with code: 1',
  ].join('\n');
  const message =
    "ModuleNotFoundError: No module named 'pyflink'. Use an image with Python and with apache-flink in the version of its Flink (docs/cli.md, section Python).";
  const trace =
    'org.apache.flink.client.program.ProgramAbortException: java.lang.RuntimeException: Python process exits with code: 1';
  const getMessage = async () => (await world.store.cluster({ target: 'local', clusterId: 'words' }))?.value.message;

  it('has the error of Python as its cause when its JobManager crashes', async () => {
    world.kubernetes.startsAtOnce = false;
    await sendHttp('deploy', { clusterId: 'words', data: application }, world);
    const own = world.kubernetes.cluster('words');
    own.trouble = { reason: 'CrashLoopBackOff', message: 'back-off 10s', exitCode: 2 };
    own.restarts = 2;
    own.previousLog = log;
    await runWorkflows();

    expect(await getMessage()).toBe(message);
  });

  it('has the error of Python as its cause when Flink reports a failed job', async () => {
    await sendHttp('deploy', { clusterId: 'words', data: application }, world);
    await runWorkflows();
    const own = world.kubernetes.cluster('words');
    own.log = log;
    own.flink.setState(getLastOperation()?.operationId ?? '', 'FAILED', trace);
    await dispatchReconcile(world.ports);
    await runWorkflows();

    expect(await getMessage()).toBe(message);
  });

  it.each(['at its start', 'after its job'])(
    'has the error of Python when Flink 2.3 reports the program %s',
    async (when) => {
      const isAtStart = when === 'at its start';
      if (isAtStart) world.kubernetes.applicationJob = undefined;
      await sendHttp('deploy', { clusterId: 'words', data: { ...application, flinkVersion: '2.3' } }, world);
      if (!isAtStart) await runWorkflows();
      const id = getLastOperation()?.operationId ?? '';
      const own = world.kubernetes.cluster('words');
      own.log = log;
      if (!isAtStart) own.flink.setState(id, 'FINISHED');
      own.flink.application = { id, state: 'FAILED', failure: trace };
      await dispatchReconcile(world.ports);
      await runWorkflows();

      expect(await getMessage()).toBe(message);
    },
  );
});
