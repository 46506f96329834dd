import { readFile } from 'node:fs/promises';

import { afterAll, describe, expect, it } from 'vitest';

import { exampleJar } from '#local/services/kubernetes.ts';
import { settingsFrom } from '#local/settings.ts';

import { enableS3, toWords, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import {
  freshId,
  kubectl,
  small,
  stop,
  system,
  until,
  untilJobRuns,
  untilRestored,
  untilState,
} from '../support/system.ts';

const { url, listKeys, put } = useBucket();
const [first, second, pod] = [freshId('s3'), freshId('s3'), freshId('image')];
afterAll(async () => {
  await stop(second);
  await untilState(second, 'STOPPED');
});

const run = (clusterId: string, ...words: readonly string[]) => {
  const options = {
    'kubernetes.cluster-id': clusterId,
    'execution.checkpointing.interval': '1s',
    'execution.checkpointing.dir': `${url}/checkpoints`,
    'execution.checkpointing.savepoint-dir': `${url}/savepoints`,
  };
  const given = toWords({ ...small, ...enableS3(), ...options });
  return drey(['run', '-t', 'kubernetes-application', ...given, ...words, `${url}/jobs/windows.jar`]);
};

describe('an application whose jar and state are in S3', () => {
  let savepoint = '';

  it('starts from the jar in S3, and keeps checkpoints there', async () => {
    await put('jobs/windows.jar', await readFile(exampleJar(settingsFrom())));

    expect(await run(first)).toMatchObject({ code: 0 });

    const { jobId } = (await untilJobRuns(first)) ?? {};
    const isComplete = (key: string) => key.includes(`/${jobId}/chk-`) && key.endsWith('/_metadata');
    await until(
      () => listKeys('checkpoints/'),
      (keys) => keys.some(isComplete),
    );
  });

  it('stops with a savepoint in S3', async () => {
    const { jobId = '' } = (await untilJobRuns(first)) ?? {};

    const { code, stdout } = await drey(['stop', `-Dkubernetes.cluster-id=${first}`, jobId]);

    savepoint = /Path: (\S+)/.exec(stdout)?.[1] ?? '';
    expect({ code, savepoint }).toEqual({
      code: 0,
      savepoint: expect.stringContaining(`${url}/savepoints/savepoint-`),
    });
    expect((await listKeys('savepoints/')).map((key) => key.split('/').at(-1))).toContain('_metadata');
    await untilState(first, 'FINISHED');
  });

  it('is restored from the savepoint', async () => {
    expect(await run(second, '-s', savepoint)).toMatchObject({ code: 0 });

    const { jobId = '' } = (await untilJobRuns(second)) ?? {};
    expect(await untilRestored(second, jobId)).toBe(savepoint);
  });
});

describe('the local image', () => {
  it('has the folders of the official one, and an entry point that enables plugins and writes FLINK_PROPERTIES', async () => {
    const list = 'ls opt examples/streaming; echo plugins/*/*.jar; cat conf/config.yaml';
    const env = [
      'ENABLE_BUILT_IN_PLUGINS=flink-s3-fs-hadoop-2.2.1.jar',
      'FLINK_PROPERTIES=taskmanager.numberOfTaskSlots: 7',
    ];
    const words = [
      'run',
      pod,
      '-n',
      system.namespace,
      '--image=flink:2.2',
      '--restart=Never',
      ...env.map((set) => `--env=${set}`),
    ];

    await kubectl(...words, '--', 'bash', '-c', list);

    const phase = `--for=jsonpath={.status.phase}=Succeeded`;
    await kubectl('wait', '-n', system.namespace, phase, '--timeout=120s', `pod/${pod}`);
    const log = await kubectl('logs', '-n', system.namespace, pod);
    await kubectl('delete', 'pod', pod, '-n', system.namespace, '--wait=false');
    expect(log.split('\n')).toEqual(
      expect.arrayContaining(['flink-s3-fs-hadoop-2.2.1.jar', 'flink-sql-client-2.2.1.jar', 'TopSpeedWindowing.jar']),
    );
    expect(log).toContain('plugins/flink-s3-fs-hadoop-2.2.1/flink-s3-fs-hadoop-2.2.1.jar');
    expect(log).toMatch(/numberOfTaskSlots: '?7'?$/m);
  });
});
