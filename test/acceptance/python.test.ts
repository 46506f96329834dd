import { relative } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Cluster } from '#events/records/cluster.ts';

import { enableS3, toWords, useBucket } from '../support/bucket.ts';
import { drey } from '../support/cli.ts';
import { call, clusterPath, freshId, listJobs, small } from '../support/system.ts';

const { url, readRows } = useBucket();
/** The path as a user types it: relative, so that the file is sent. */
const path = (name: string) => relative(process.cwd(), new URL(`python/${name}`, import.meta.url).pathname);
const run = (clusterId: string, image: string, ...words: readonly string[]) => {
  const names = { 'kubernetes.cluster-id': clusterId, 'kubernetes.container.image.ref': image };
  const options = toWords({ ...small, ...enableS3(), ...names, 'execution.attached': true });
  return drey(['run', '-t', 'kubernetes-application', ...options, ...words]);
};

describe.concurrent('a Python program of this machine', () => {
  it('counts words with a function of a module that is sent, too', async () => {
    const clusterId = freshId('words');

    const ended = await run(
      clusterId,
      'flink:2.2-python',
      '-py',
      path('word_count.py'),
      '-pyfs',
      path('words.py'),
      'to be or not to be',
      `${url}/counts`,
    );

    expect(ended).toMatchObject({ code: 0 });
    expect((await call<Cluster>('GET', clusterPath(clusterId))).body).toMatchObject({ state: 'FINISHED' });
    expect(await listJobs(clusterId)).toMatchObject([{ state: 'FINISHED' }]);
    const rows = (await readRows('counts')).map((row) => row.replaceAll('"', ''));
    expect(rows).toEqual(['BE!,2', 'NOT!,1', 'OR!,1', 'TO!,2']);
  });

  it('fails on an image without Python, with the way out', async () => {
    const ended = await run(freshId('words'), 'flink:2.2', '-py', path('word_count.py'));

    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('WARN Image flink:2.2 has no Python.');
    expect(ended.stderr).toMatch(/Cannot run program "python".*Use an image with Python and with apache-flink/s);
  });
});
