import { mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { deploy } from '#events/commands/deploy.ts';
import { drey, packageFolder } from '#test/unit/cli/drey.ts';
import { application, deployment, sessionJob } from '#test/unit/cli/input/flink-operator/fixture.ts';
import { deploys } from '#test/unit/cli/session-fixture.ts';
import { useFolder, useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const folder = useFolder();

/** JSON is YAML. Several resources are several documents. */
const write = (name: string, ...resources: readonly unknown[]): string => {
  const file = join(folder, name);
  writeFileSync(file, resources.map((one) => JSON.stringify(one)).join('\n---\n'));
  return file;
};
const convert = (words: readonly string[], input = '') => drey(['convert', ...words], { api: undefined, input });

describe('drey convert', () => {
  it('prints a spec that drey deploy takes', async () => {
    const { code, stdout, stderr } = await convert(['-f', '-'], JSON.stringify(deployment()));

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('mode: session\nclusterId: etl\nimage: flink:2.2\nflinkVersion: "2.2"\n');
    await run(deploys, ['deploy', '-f', '-', '--no-wait'], stdout);
    expect(server.received.findLast(({ method }) => method === 'POST')?.json).toMatchObject({
      mode: 'session',
      clusterId: 'etl',
    });
  });

  it('reads YAML as the tools of Kubernetes do', async () => {
    const text = [
      '# a comment',
      'apiVersion: flink.apache.org/v1beta1',
      'kind: FlinkDeployment',
      'metadata: { name: etl }',
      'spec:',
      '  flinkVersion: v2_2',
      '  flinkConfiguration: { a.enabled: yes, a.time: 10:30, a.day: 2026-11-23 }',
      '  podTemplate:',
      '    spec:',
      '      containers: [{ name: flink-main-container }]',
      '      volumes: [{ name: keys, secret: { secretName: keys, defaultMode: 0440 } }]',
      '---',
      '---',
    ].join('\n');

    const { stdout } = await convert(['-f', '-', '--output', 'json'], text);

    expect(JSON.parse(stdout)).toMatchObject({
      config: { 'a.enabled': 'true', 'a.time': '10:30', 'a.day': '2026-11-23' },
      podTemplates: { default: { spec: { volumes: [{ secret: { defaultMode: 0o440 } }] } } },
    });
  });

  it('prints several specs as documents of YAML, and as lines of JSON', async () => {
    const logs = { 'log4j-console.properties': 'a = b\n\tc\n \n' };
    const second = { ...application(), metadata: { name: 'clicks' } };
    const file = write('two.yaml', deployment({ logConfiguration: logs }), second);

    const yaml = await convert(['-f', file]);
    const json = await convert(['-f', file, '--output', 'json']);

    const documents = parseAllDocuments(yaml.stdout).map((document): unknown => document.toJS());
    expect(documents).toMatchObject([
      { clusterId: 'etl', files: logs },
      { clusterId: 'clicks', mode: 'application' },
    ]);
    expect(
      json.stdout
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(documents);
    expect(documents.every((one) => deploy.data.safeParse(one).success)).toBe(true);
  });

  it('reads the files of a folder in the order of their names', async () => {
    const manifests = join(folder, 'manifests');
    mkdirSync(join(manifests, 'nested'), { recursive: true });
    for (const [name, clusterId] of Object.entries({ 'b.json': 'b', 'a.yml': 'a', 'c.yaml': 'c', 'README.md': 'd' }))
      write(`manifests/${name}`, deployment({}, { name: clusterId }));

    const { stdout } = await convert(['-f', manifests]);

    expect([...stdout.matchAll(/clusterId: (\w+)/g)].map(([, id]) => id)).toEqual(['a', 'b', 'c']);
  });

  it('prints the command line of a job, because a session runs jars that are uploaded', async () => {
    const fields = {
      entryClass: 'com.example.Clicks',
      args: ["it's", 'a\nb', ''],
      initialSavepointPath: 's3://bucket/savepoint-1',
      allowNonRestoredState: true,
    };
    const file = write('job.yaml', sessionJob(fields), deployment());

    const { code, stdout } = await convert(['-f', file]);

    expect(code).toBe(0);
    expect(stdout).toContain(
      [
        '# FlinkSessionJob clicks runs on session etl. Get its jar, https://repo.example.com/clicks.jar, and run:',
        '#   drey run -d -Dkubernetes.cluster-id=etl -Dpipeline.name=clicks' +
          ' -Dexecution.checkpointing.externalized-checkpoint-retention=RETAIN_ON_CANCELLATION' +
          String.raw` -c com.example.Clicks -p 4 -s s3://bucket/savepoint-1 -n ./clicks.jar 'it'\''s' $'a\u000ab' ''`,
        '',
      ].join('\n'),
    );
    expect(parseAllDocuments(stdout).map((document): unknown => document.toJS())).toMatchObject([{ clusterId: 'etl' }]);
    const json = await convert(['-f', file, '--output', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ clusterId: 'etl' });
    expect(json.stderr).toContain('drey run -d -Dkubernetes.cluster-id=etl');
  });

  it('names what is left out on stderr, fields with the same note on one line', async () => {
    const flinkConfiguration = { 'job.autoscaler': { 'metrics.window': '3m', 'stabilization.interval': '1m' } };
    const file = write('notes.yaml', deployment({ flinkConfiguration }, { namespace: 'flink' }));

    const { code, stderr } = await convert(['-f', file]);

    expect(code).toBe(0);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^NOTE FlinkDeployment flink\/etl: metadata\.namespace: A deploy goes/),
      'NOTE FlinkDeployment flink/etl: spec.flinkConfiguration.job.autoscaler.metrics.window, ' +
        'spec.flinkConfiguration.job.autoscaler.stabilization.interval: An option of the operator has no effect on a deploy.',
      '',
    ]);
  });

  it.each([
    ['savepoint', 'stops a running application with a savepoint'],
    ['last-state', 'restarts a running application from its last complete checkpoint'],
    ['stateless', 'restarts a running application without its state'],
  ])('says what an apply of the resource does with upgradeMode: %s', async (upgradeMode, does) => {
    const { stderr } = await convert(['-f', write('mode.yaml', application({ upgradeMode }))]);

    expect(stderr).toContain(
      `NOTE FlinkDeployment etl: spec.job.upgradeMode: It is left out. \`drey apply\` of the resource ${does}`,
    );
  });

  it('prints nothing on stdout if one resource is refused, and names all refused fields', async () => {
    const file = write('refused.yaml', deployment(), application({ state: 'paused' }, { mode: 'standalone' }));

    const text = await convert(['-f', file]);
    const json = await convert(['-f', file, '--output', 'json']);

    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(text.stderr).toContain(`${file} cannot be converted.\n  FlinkDeployment etl: spec.mode: `);
    expect(text.stderr).toContain('\n  FlinkDeployment etl: spec.job.state: must be running or suspended');
    expect(JSON.parse(json.stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      error: { errors: [{ pointer: '/spec/mode' }, { pointer: '/spec/job/state' }] },
    });
  });

  it.each([
    [['-f', '-'], 'a: [', 'The standard input is neither YAML nor JSON.'],
    [['-f', '-'], 'a: &a\n  b: *a\n', 'Alias a stands in the value that it refers to'],
    [['-f', '-'], '', 'The standard input has no resource of the operator to convert.'],
    [['-f', join(folder, 'absent.yaml')], '', 'absent.yaml of -f does not exist.'],
    [['-f', ''], '', '-f has no file name.'],
  ])('fails with %j and the input %j', async (words, input, message) => {
    const { code, stdout, stderr } = await convert(words, input);

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('fails for a folder without files of YAML and JSON', async () => {
    const empty = join(folder, 'empty');
    mkdirSync(empty);

    expect((await convert(['-f', empty])).stderr).toContain('has no file that ends with .yaml, .yml or .json.');
  });

  it.each([
    'a',
    'a\n',
    'a\n\n',
    '\n',
    ' a\nb',
    'a\nb ',
    'a\n \nb\n',
    'a\n\tb\n',
    'a\r\nb\r\n',
    '# a\n---\n...\n',
    `${'a '.repeat(100)}\n${'b'.repeat(200)}\n`,
    'a: b\n\u001b[31m\u202e\n',
  ])('prints the text %j as it is', async (text) => {
    const logConfiguration = { 'log4j-console.properties': text };
    const { stdout } = await convert(['-f', '-'], JSON.stringify(deployment({ logConfiguration })));

    expect(stdout).toMatch(/^[^\p{Cf}\r]*$/u);
    expect(stdout).not.toContain('\u001b');
    expect(parse(stdout)).toMatchObject({ files: logConfiguration });
  });

  it('prints what docs/flink-operator.md shows', async () => {
    const page = await readFile(join(packageFolder, 'docs/flink-operator.md'), 'utf8');
    const [, resource = '', note, spec] =
      /\$ cat basic\.yaml\n(.*?)\$ drey convert [^\n]*\n(.*?)\$ cat cluster\.yaml\n(.*?)\$ drey deploy/s.exec(page) ??
      [];
    const [, job] = /\$ drey convert -f job\.yaml\n(.*?)```/s.exec(page) ?? [];

    expect(await convert(['-f', '-'], resource)).toEqual({ code: 0, stdout: spec, stderr: note });
    expect((await convert(['-f', write('job.yaml', sessionJob())])).stdout).toBe(job);
  });

  it('wants a file', async () => {
    expect(await convert([])).toMatchObject({ code: 1, stdout: expect.stringContaining('Specify what to convert') });
  });
});
