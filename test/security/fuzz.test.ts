import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createVenv } from '#local/services/python.ts';

import { createNamespace, deleteNamespace, putTargetLikeOwn } from '../support/namespaces.ts';
import { freshId, startCluster, system } from '../support/system.ts';

const run = promisify(execFile);
const here = join(import.meta.dirname, 'fuzz');
const venv = join(import.meta.dirname, '../../.local/venv-fuzz');
/** `DREY_FUZZ_SECONDS=300 npm run test:security -- fuzz` searches longer, each time with other requests. */
const search = process.env['DREY_FUZZ_SECONDS'];
const seconds = Number(search ?? 60);
const requestsPerSecond = 20;

const target = freshId('fuzz');
const clusterId = 'known';
const folder = mkdtempSync(join(tmpdir(), 'drey-fuzz-'));

describe('random requests from the OpenAPI document', () => {
  beforeAll(async () => {
    await createVenv({ venv, requirements: join(here, 'requirements.txt'), log: join(folder, 'pip') });
    await createNamespace(target, { pods: 0 });
    await putTargetLikeOwn(target, { limits: { clusters: 5 } });
    await startCluster({ mode: 'session', clusterId }, target);
  });
  afterAll(() => deleteNamespace(target));

  it('are answered as the document says, without an error of Drey', async () => {
    const words = [
      'run',
      join(import.meta.dirname, '../../events/openapi.json'),
      `--url=${system.apiUrl}`,
      '--phases=examples,coverage,fuzzing',
      '--checks=documented_failure,response_schema_conformance',
      '--continue-on-failure',
      '--no-shrink',
      '--suppress-health-check=all',
      '--generation-database=none',
      '--request-timeout=35',
      `--rate-limit=${requestsPerSecond}/s`,
      `--max-time=${seconds}`,
      ...(search === undefined ? ['--seed=1'] : []),
    ];
    const { accessKeyId, secretAccessKey } = system.credentials;
    const env = {
      PATH: process.env['PATH'] ?? '',
      PYTHONPATH: here,
      SCHEMATHESIS_HOOKS: 'hooks',
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_REGION: system.region,
      FUZZ_TARGET: target,
      FUZZ_CLUSTER: clusterId,
    };

    const { stdout } = await run(join(venv, 'bin/st'), words, { env, cwd: folder, maxBuffer: 100_000_000 }).catch(
      (error: { stdout: string; stderr: string }) => {
        throw new Error(error.stdout + error.stderr);
      },
    );

    expect(Number(/([\d,]+) generated/.exec(stdout)?.[1]?.replace(',', ''))).toBeGreaterThan(seconds);
  }, 600_000);
});
