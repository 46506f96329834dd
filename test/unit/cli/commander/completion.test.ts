import { execFileSync } from 'node:child_process';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { actions } from '#cli/commander/actions.ts';
import { pythonOptions, pythonShortNames } from '#cli/options/python.ts';
import { drey } from '#test/unit/cli/drey.ts';
import { cluster, job, oneTarget, startLoopbackApi } from '#test/unit/cli/loopback-api.ts';

let server: Awaited<ReturnType<typeof startLoopbackApi>>;
beforeAll(async () => {
  server = await startLoopbackApi();
  server.answer({
    'GET /v1/targets': oneTarget,
    'GET /v1/targets/local/clusters': {
      body: {
        clusters: [
          { ...cluster(), jobs: [job(), job({ jobId: 'f'.repeat(32), state: 'FINISHED' })] },
          { ...cluster({ clusterId: 'other' }), jobs: [job({ jobId: 'a'.repeat(32) })] },
        ],
      },
    },
    'GET /v1/targets/local/clusters/live/jobs': {
      body: { jobs: [job(), job({ jobId: 'f'.repeat(32), state: 'FINISHED' })], reachable: 'True' },
    },
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const { jobId } = job();
const modesOfCheckpoints = ['EXACTLY_ONCE', 'AT_LEAST_ONCE'].map((mode) => `-Dexecution.checkpointing.mode=${mode}`);
const words = async (line: string) => {
  const { stdout } = await drey(['completion', '--line', line], { api: server.url });
  return stdout.split('\n').filter((word) => word !== '');
};

describe('completion', () => {
  it('knows every action', async () => {
    expect(await words('drey ')).toEqual(actions.map(({ name }) => name));
  });

  it.each([
    ['drey cl', ['clusters']],
    ['drey queue re', ['resume', 'redrive']],
    ['drey --quiet render ', ['kubernetes-session', 'run', 'run-application', 'sql']],
    ['drey describe l', ['live']],
    ['drey run --pyM', ['--pyModule']],
    ['drey run-application --py', Object.keys(pythonOptions).map((flags) => flags.split(' ')[0])],
    ['drey logs ', ['live', 'other']],
    ['drey logs live ', []],
    ['drey cancel ', [jobId, 'a'.repeat(32)]],
    ['drey cancel -Dkubernetes.cluster-id=live ', [jobId]],
    ['drey list -Dkubernetes.cluster-id=', ['-Dkubernetes.cluster-id=live', '-Dkubernetes.cluster-id=other']],
    ['drey run -d -Dkubernetes.cluster-id=l', ['-Dkubernetes.cluster-id=live']],
    ['drey list -D kubernetes.cluster-id=o', ['kubernetes.cluster-id=other']],
    ['drey list --output ', ['table', 'json', 'yaml']],
    ['drey list --output j', ['json']],
    ['drey run -t kubernetes-a', ['kubernetes-application']],
    ['drey list --at ', ['local']],
    ['drey logs --f', ['--follow']],
    ['drey run -Dkubernetes.rest-service.exposed.t', ['-Dkubernetes.rest-service.exposed.type=']],
    ['drey help sq', ['sql']],
    ['drey run -Dexecution.checkpointing.mode=', modesOfCheckpoints],
    ['drey run -Dexecution.checkpointing.mode=AT', ['-Dexecution.checkpointing.mode=AT_LEAST_ONCE']],
    ['drey run -D execution.runtime-mode=B', ['execution.runtime-mode=BATCH']],
    ['drey run -Dtable.optimizer.join-reorder-enabled=t', ['-Dtable.optimizer.join-reorder-enabled=true']],
    ['drey run -Dkubernetes.rest-service.exposed.type=N', ['-Dkubernetes.rest-service.exposed.type=NodePort']],
    ['drey run -Dkubernetes.artifacts.local-upload-enabled=', ['-Dkubernetes.artifacts.local-upload-enabled=false']],
    ['drey run -Dexecution.target=kubernetes-s', ['-Dexecution.target=kubernetes-session']],
    ['drey run -Ddrey.on-failure=k', ['-Ddrey.on-failure=keep']],
    ['drey run -Dpipeline.name=', []],
    ['drey run -DtoString=', []],
    ['drey sql --claimMode ', ['claim', 'no_claim', 'legacy']],
    ['drey run -cm n', ['no_claim']],
    ['drey run -rm c', ['claim']],
    ['drey savepoint -type n', ['native']],
    ['drey shutdown --savepoint b', ['best-effort']],
    ['drey extend --ha ', ['keep', 'purge']],
    ['drey sql -d -f etl.sql --session ', ['live', 'other']],
    ['drey sql --session l', ['live']],
    ['drey run -pym ', []],
    ['drey run-application -py', Object.keys(pythonShortNames).map((name) => `-${name}`)],
    ['drey sql -c', ['-cm']],
    ['drey sql -f', ['-f']],
    ['drey help queue re', ['resume', 'redrive']],
    ['drey help logs ', []],
    ['drey run ', []],
    ['drey nonsense ', []],
  ])('completes %j with %j', async (line, expected) => {
    expect(await words(line)).toEqual(expect.arrayContaining(expected));
    expect(await words(line)).toHaveLength(expected.length);
  });

  it('knows the running sessions for --session', async () => {
    const clusters = [
      cluster(),
      cluster({ clusterId: 'app', mode: 'application' }),
      cluster({ clusterId: 'new', state: 'DEPLOYING' }),
    ];
    await using api = await startLoopbackApi();
    api.answer({ 'GET /v1/targets': oneTarget, 'GET /v1/targets/local/clusters': { body: { clusters } } });

    const { stdout } = await drey(['completion', '--line', 'drey sql --session '], { api: api.url });

    expect(stdout).toBe('live\n');
  });

  it('knows the options of a command, common ones too', async () => {
    expect(await words('drey events -')).toEqual(expect.arrayContaining(['--follow', '--at', '--output', '-D']));
  });

  it('is silent when the API is', async () => {
    const ended = await drey(['completion', '--line', 'drey describe '], { api: 'http://127.0.0.1:1' });

    expect(ended.stdout).toBe('');
  });

  it('has a script for each shell', async () => {
    for (const shell of ['bash', 'zsh', 'fish'])
      expect((await drey(['completion', shell], { api: undefined })).stdout).toContain('drey completion --line');
    expect(await drey(['completion', 'csh'], { api: undefined })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('bash, zsh and fish are supported'),
    });
  });

  it.each([
    ['splits words at =', ' \n=:', 'live'],
    ['does not split words at =', ' \n', '-Dkubernetes.cluster-id=live'],
  ])('completes in a bash that %s', async (_what, breaks, expected) => {
    const { stdout } = await drey(['completion', 'bash'], { api: undefined });
    const typed = `drey() { echo -Dkubernetes.cluster-id=live; }
      COMP_LINE='drey list -Dkubernetes.cluster-id=l' COMP_POINT=\${#COMP_LINE} COMP_WORDBREAKS=$1
      _drey; echo "\${COMPREPLY[@]}"`;

    // The last line of the script is for an interactive bash.
    expect(execFileSync('bash', ['-c', `${stdout}\n${typed}`, 'bash', breaks], { encoding: 'utf8' })).toBe(
      `${expected}\n`,
    );
  });

  it('has a script that bash understands', async () => {
    const { stdout } = await drey(['completion', 'bash'], { api: undefined });

    expect(execFileSync('bash', ['-n'], { input: stdout, encoding: 'utf8' })).toBe('');
  });
});
