import { describe, expect, it } from 'vitest';

import { describePointer } from '#cli/api/cli-words.ts';
import { deploy } from '#events/commands/deploy.ts';
import { extend } from '#events/commands/extend.ts';
import { submit } from '#events/commands/submit.ts';
import { toPointer } from '#events/problems/problem.ts';
import { useApi } from '#test/unit/inputs/sweep/api.ts';
import { fieldsOfApi, findRepetition, listMembers } from '#test/unit/inputs/sweep/members.ts';

const run = useApi();
const app = ['run', '--target', 'kubernetes-application'];
const jar = 'local:///opt/flink/usrlib/a.jar';

describe('a mistake in a command line', () => {
  it.each([
    [[...app, '-p', '99999', jar], '  -p: must be at most 32768'],
    [[...app, '-Dexecution.state-recovery.path=s3://b/2', '-s', 's3://b/1', jar], 'but -s is s3://b/1.'],
    [[...app, '-s', 's3://b/1', '--claimMode', 'none', jar], '--claimMode must be claim, no_claim or legacy'],
    [[...app, '-Ddrey.restore.from-cluster=none', jar], 'Set -Ddrey.restore.allow-empty-state=true to'],
    [[...app, '-py', '/opt/wc.txt'], '  -py: /opt/wc.txt must end with .py; use -pym for another program'],
    [[...app, '-py', 's3://b/wc.py'], 'write -pym wc -pyfs s3://b/wc.py'],
    [[...app, '-pym', 'a-b'], '  -pym: A module looks like'],
    [['sql', '--execute', `SET 'execution.state-recovery.path' = 's3://b/1';`], 'use -s PATH'],
    [['sql', '--execute', 'x'.repeat(100_001)], 'and name its URI in -f'],
    [['sql', '-f', 'ftp://host/etl.sql'], '  -f: ftp://host/etl.sql is not a URI'],
    [['sql', '--execute', ' '], '  the script: line 1: the script has no statement'],
    [['kubernetes-session', '-Ddrey.lifetime.ttl=x', '-Ddrey.lifetime.warn-before=y'], '  -Ddrey.lifetime.ttl: A'],
    [['kubernetes-session', '-Dkubernetes.cluster-id=A_B'], '  -Dkubernetes.cluster-id: '],
    [['kubernetes-session', '-Drest.port=x', '-Dblob.server.port=-1'], '  -Drest.port: '],
    [['extend', 'etl', '--ttl', 'x', '--warn-before', 'y'], '  --ttl: A duration'],
    [['extend', 'etl', '--savepoint-directory', 'x'], '  --savepoint-directory: must be a URL'],
    [['schedule', 'put', 'x', '--every', 'x', '--timezone', 'y', '--stop', '--all'], '  --every: '],
    [['schedule', 'put', 'x', '--every', 'rate(1 day)', '--deploy', 'A B'], '  --deploy: '],
  ])('is told in words of the command line, and once: %j', async (words, text) => {
    const { code, stdout, stderr } = await run(words);

    expect(code).toBe(1);
    expect(stdout + stderr).toContain(text);
    expect(fieldsOfApi.exec(stdout + stderr)).toBeNull();
    expect(findRepetition(stderr.split('\n'))).toBeUndefined();
  });
});

describe('a field of a request', () => {
  /** Fields that no option sets, so that only the user of the API writes them. */
  const apiOnly = new Set(['/taskToken', '/restore/latest', '/labels', '/labels/name']);

  it.each([
    ['a deploy', deploy.data, ''],
    ['a submit', submit.data, ''],
    ['an extend', extend.data, '/v1/targets/local/clusters/etl/extend'],
  ] as const)('of %s has the name of its option', (_name, schema, path) => {
    const pointers = listMembers(schema).map((member) => toPointer(member.map(String)));

    const unnamed = pointers.filter((pointer) => describePointer(pointer, path).startsWith('/'));

    expect(pointers.length).toBeGreaterThan(5);
    expect(unnamed.filter((pointer) => !apiOnly.has(pointer))).toEqual([]);
  });

  it.each([
    ['/config/a~1b', '', '-Da/b'],
    ['/job/python/files/0', '', '-pyfs'],
    ['/podTemplates/default/spec/volumes', '', '-Dkubernetes.pod-template-file.default, spec.volumes'],
    ['/savepoint', '/v1/targets/local/clusters/etl/extend', '--savepoint'],
    ['/selector/labels', '/v1/targets/local/schedules/office', '--label'],
  ])('%s of %s is %s', (pointer, path, words) => {
    expect(describePointer(pointer, path)).toBe(words);
  });
});
