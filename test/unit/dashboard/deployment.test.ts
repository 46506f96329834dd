import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

import { answersTo, applied, cluster } from '#test/unit/cli/rollout-fixture.ts';
import { useFolder, useLocalTarget } from '#test/unit/cli/setup.ts';

import { specFile, toDeployment, toDiffWords } from '../../../dashboard/model/specs/deployment.ts';

const { server, run } = useLocalTarget();
const folder = useFolder();
const spec = {
  mode: 'application',
  clusterId: 'nightly',
  config: { 'taskmanager.numberOfTaskSlots': '4' },
  job: { jar: 'local:///a.jar', args: ['--day', 'today'] },
};
const planned = { target: 'local', digest: 'a'.repeat(64), clusterId: 'nightly', isLive: false };

/** The words with the file in the folder of the test. */
const withFile = (words: readonly string[]) => {
  writeFileSync(join(folder, specFile(spec)), stringify(spec));
  return words.map((word) => (word === specFile(spec) ? join(folder, word) : word));
};

describe('the command line of a deployment', () => {
  it('sends the same deploy', async () => {
    const { kind, words, body } = toDeployment(spec, planned);
    const route = 'POST /v1/targets/local/clusters';

    const { code, stderr } = await run(answersTo(route, applied({ kind: 'deploy' })), withFile(words));

    expect({ kind, code, stderr }).toMatchObject({ kind: 'deploy', code: 0 });
    expect(server.received.findLast(({ method }) => method === 'POST')?.json).toEqual(body);
  });

  it.each([
    ['a live cluster', spec, true],
    ['a spec with the options of a rollout', { ...spec, rollout: { state: 'none' } }, false],
  ])('sends the same apply for %s', async (_name, given, isLive) => {
    const { kind, words, body } = toDeployment(given, { ...planned, isLive });
    const file = withFile(words);
    writeFileSync(join(folder, specFile(spec)), stringify(given));

    const { code, stderr } = await run(answersTo(`PUT ${cluster}`, applied()), file);

    expect({ kind, code, stderr }).toMatchObject({ kind: 'apply', code: 0 });
    const sent = server.received.findLast(({ method }) => method === 'PUT');
    expect(sent?.path).toBe(cluster);
    expect(sent?.json).toEqual(body);
  });

  it('sends the same plan', async () => {
    const route = 'POST /v1/targets/local/plans';
    await run({ [route]: { body: {} } }, withFile(toDiffWords(spec, 'local')));

    expect(server.received.findLast(({ method }) => method === 'POST')).toMatchObject({
      path: '/v1/targets/local/plans',
      json: spec,
    });
  });
});
