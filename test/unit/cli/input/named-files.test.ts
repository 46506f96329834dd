import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { drey } from '#test/unit/cli/drey.ts';

const golden = fileURLToPath(new URL('../../../golden', import.meta.url));
/** Without an API, and without knowing where one is. */
const render = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  drey(['render', ...words], { api: undefined, env });
const documentsOf = (text: string) => parseAllDocuments(text).map((document): unknown => document.toJS());

describe('files that options name', () => {
  let folder: string;
  const put = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const session = (...more: readonly string[]) => ['kubernetes-session', '-Dkubernetes.cluster-id=x', ...more];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drey-files-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('may leave fields of a pod template empty', async () => {
    const [empty, none] = await Promise.all([
      put('empty.yaml', 'metadata: {labels: {team: search}, annotations: }\nspec: {volumes: , securityContext: }\n'),
      put('none.yaml', 'metadata: {labels: {team: search}}\nspec: {}\n'),
    ]);

    const [long, short] = await Promise.all(
      [empty, none].map((file) => render(session(`-Dkubernetes.pod-template-file.jobmanager=${file}`))),
    );

    expect(long).toMatchObject({ code: 0, stderr: short?.stderr });
    expect(long?.stdout.replace(empty, none)).toBe(short?.stdout);
  });

  it.each(['kubernetes.pod-template-file', 'kubernetes.pod-template-file.default'])(
    '%s is a pod for both kinds',
    async (option) => {
      const file = await put('pod.yaml', 'metadata: {labels: {team: search}}\n');

      const { stdout } = await render(session(`-D${option}=${file}`));

      expect(stdout).toMatch(/^kind: Deployment[^]*team: search[^]*taskmanager-pod-template.yaml: /m);
    },
  );

  it('a pod template is read as Kubernetes reads YAML', async () => {
    const file = await put(
      'types.yaml',
      [
        'metadata: {annotations: {cost: 1.10, keep: true}}',
        'spec:',
        '  volumes: [{name: d, configMap: {name: c, defaultMode: 0644}}]',
        '  containers:',
        '  - {name: flink-main-container, env: [{name: N, value: 5}, {name: _B, value: "x"}]}',
      ].join('\n'),
    );

    const { stdout } = await render(session(`-Dkubernetes.pod-template-file.jobmanager=${file}`));

    const [deployment] = documentsOf(stdout) as [{ spec: { template: V1PodTemplateSpec } }];
    const { metadata, spec } = deployment.spec.template;
    expect(metadata?.annotations).toEqual({ cost: '1.10', keep: 'true' });
    expect(spec?.volumes?.[0]).toEqual({ name: 'd', configMap: { name: 'c', defaultMode: 420 } });
    expect(spec?.containers[0]?.env?.slice(0, 2)).toEqual([
      { name: 'N', value: '5' },
      { name: '_B', value: 'x' },
    ]);
  });

  it('an error in the configuration folder names the folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drey-conf-'));
    await writeFile(
      join(folder, 'config.yaml'),
      'kubernetes.taskmanager.cpu.amount: x\njobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n',
    );

    const { code, stderr } = await render(['kubernetes-session'], { FLINK_CONF_DIR: folder });

    expect(code).toBe(1);
    expect(stderr).toContain("kubernetes.taskmanager.cpu.amount in the configuration folder: 'x' is not a number");
  });

  it('an unknown option of several letters is not read as a group of short ones', async () => {
    const { code, stderr } = await render([
      'kubernetes-session',
      '-Dkubernetes.cluster-id=one',
      '-tm',
      '4096m',
      '-jm',
      '1024m',
    ]);

    expect(code).toBe(0);
    expect(stderr).toContain('WARN Unrecognized option: --tm. It is ignored.');
  });

  it('a pod template must exist and be a pod', async () => {
    const file = await put('list.yaml', '- 1\n');

    const option = '-Dkubernetes.pod-template-file.jobmanager';
    const [missing, wrong] = [
      await render(session(`${option}=/nowhere/pod.yaml`)),
      await render(session(`${option}=${file}`)),
    ];

    expect(missing).toMatchObject({
      code: 1,
      stderr: `File /nowhere/pod.yaml of ${option} does not exist. Check the path.\n`,
    });
    expect(wrong.stderr).toContain(`Pod template file ${file} is not a pod.\n  `);
  });

  it.each([
    [{ HADOOP_CONF_DIR: join(golden, 'hadoop-conf') }, [], 1],
    [{ HADOOP_CONF_DIR: join(golden, 'hadoop-conf') }, ['-Dkubernetes.decorator.hadoop-conf-mount.enabled=false'], 0],
    [{ HADOOP_CONF_DIR: join(golden, 'hadoop-conf') }, ['-Dkubernetes.hadoop.conf.config-map.name=there'], 0],
  ])('a Hadoop configuration is taken from %j with %j', async (env, more, count) => {
    const { stdout } = await render(session(...more), env);

    expect(stdout.match(/^ {2}core-site.xml: /gm) ?? []).toHaveLength(count);
  });

  it.each(['etc/hadoop', 'conf'])('a Hadoop configuration is taken from %s of HADOOP_HOME', async (path) => {
    const home = await mkdtemp(join(folder, 'hadoop-'));
    await mkdir(join(home, path), { recursive: true });
    await writeFile(join(home, path, 'hdfs-site.xml'), '<configuration/>');

    const { stdout } = await render(session(), { HADOOP_HOME: home });

    expect(stdout).toContain("  hdfs-site.xml: '<configuration/>'");
  });

  it('warns of a Hadoop folder without configuration', async () => {
    const ended = await render(session(), { HADOOP_CONF_DIR: folder });

    expect(ended).toMatchObject({
      code: 0,
      stderr: `WARN No Hadoop configuration is mounted, because ${folder} has no core-site.xml or hdfs-site.xml.\n`,
    });
  });

  it('a keytab and a krb5.conf are mounted', async () => {
    const [keytab, krb5] = [await put('flink.keytab', 'secret'), await put('krb5.conf', '[libdefaults]\n')];

    const { stdout } = await render(
      session(
        `-Dsecurity.kerberos.login.keytab=${keytab}`,
        '-Dsecurity.kerberos.login.principal=flink',
        `-Dsecurity.kerberos.krb5-conf.path=${krb5}`,
      ),
    );

    expect(stdout).toContain(`flink.keytab: ${Buffer.from('secret').toString('base64')}`);
    expect(stdout).toContain('keytab: /opt/kerberos/kerberos-keytab/flink.keytab');
    expect(stdout).toContain('[libdefaults]');
  });

  it('a keytab that is not there is refused, unless none is to be mounted', async () => {
    const words = session(
      '-Dsecurity.kerberos.login.keytab=/nowhere/flink.keytab',
      '-Dsecurity.kerberos.login.principal=flink',
    );

    const [missing, off] = [
      await render(words),
      await render([...words, '-Dkubernetes.decorator.kerberos-mount.enabled=false']),
    ];

    expect(missing).toMatchObject({
      code: 1,
      stderr: [
        'File /nowhere/flink.keytab of -Dsecurity.kerberos.login.keytab does not exist. Check the path.',
        'If the image contains the file, set -Dkubernetes.decorator.kerberos-mount.enabled=false.\n',
      ].join('\n'),
    });
    expect(off).toMatchObject({ code: 0, stdout: expect.stringContaining('keytab: /nowhere/flink.keytab') });
  });
});
