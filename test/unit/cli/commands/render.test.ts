import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { drey, spawnDrey } from '#test/unit/cli/drey.ts';
import { normalise } from '#test/unit/shared/flink/normalise.ts';

const golden = fileURLToPath(new URL('../../../golden', import.meta.url));
const cases = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'command')));
const read = (name: string) => readFileSync(join(golden, name), 'utf8');

const warned: Readonly<Record<string, string>> = {
  'session-unknown-option': 'WARN Unrecognized option: --frobnicate; it is ignored.\n',
  'application-savepoint': "The option 'restoreMode' is deprecated. Please use 'claimMode' instead.\n",
};
/** What the command line alone is refused for. */
const refusedAsTyped: Readonly<Record<string, string>> = {
  'per-job': 'Per-Job Mode not supported by Active Kubernetes deployments.',
  'per-job-kubernetes': 'Per-Job Mode not supported by Active Kubernetes deployments.',
};
/** What cannot be, each with the line that says so. */
const refused: Readonly<Record<string, string>> = {
  'session-bad-id-long': '  -Dkubernetes.cluster-id: must have at most 45 characters',
  'session-bad-id-upper': '  -Dkubernetes.cluster-id: must consist of a-z',
  'session-bad-memory': '  -Djobmanager.memory.process.size: is 100.000mb',
  'session-bad-option-value': "  -Dkubernetes.jobmanager.cpu.amount: 'lots' is not a number",
  'session-replicas-without-ha':
    '  -Dkubernetes.jobmanager.replicas: more than one JobManager requires high availability',
  'application-file-jar': '  the jar: file:///opt/flink/examples/TopSpeedWindowing.jar names a file on the disk',
};
/** The action of Flink 1.x, which 2.x no longer has: what `run` creates. */
const objectsOf = (name: string) => read(`${name.replace('run-application', 'default')}/objects.yaml`);
const rendered = cases.filter((name) => !(name in refused) && !(name in refusedAsTyped));

/** The words as a shell reads them, without Flink's own program in front. */
const wordsOf = (name: string): readonly string[] => {
  const [line = ''] = read(`${name}/command`)
    .split('\n')
    .filter((text) => text !== '' && !text.startsWith('#'));
  const words = [...line.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2').replaceAll('/golden/', `${golden}/`),
  );
  return words[0] === 'bin/flink' ? words.slice(1) : ['kubernetes-session', ...words.slice(1)];
};

const environmentOf = (name: string) => {
  const remark = read(`${name}/command`);
  return {
    FLINK_CONF_DIR: join(golden, remark.includes('FLINK_CONF_DIR') ? 'conf-bare' : 'conf'),
    ...(remark.includes('HADOOP_CONF_DIR') ? { HADOOP_CONF_DIR: join(golden, 'hadoop-conf') } : {}),
  };
};

/** Without an API, and without knowing where one is. */
const render = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  drey(['render', ...words], { api: undefined, env });

const documentsOf = (text: string) => parseAllDocuments(text).map((document): unknown => document.toJS());

const titleOf = (object: unknown): string => {
  const { kind, metadata } = parse(JSON.stringify(object));
  return `${kind} ${metadata.name}`;
};

const comparable = (text: string) =>
  documentsOf(text.replaceAll(golden, '/golden'))
    .map((object) => normalise(object))
    .toSorted((one, other) => (titleOf(one) < titleOf(other) ? -1 : 1));

const generatedId = /flink-cluster-[0-9a-f]{31}/g;

describe('render', () => {
  it.each(rendered)("prints what Flink's client creates, in the case %s", async (name) => {
    const ended = await render(wordsOf(name), environmentOf(name));

    const anyId = (text: string) => text.replaceAll(generatedId, 'flink-cluster-generated');
    expect(ended).toMatchObject({ code: 0, stderr: warned[name] ?? '' });
    expect(comparable(anyId(ended.stdout))).toEqual(comparable(anyId(objectsOf(name))));
  });

  it.each(Object.entries(refused))('refuses what cannot be, in the case %s', async (name, line) => {
    const ended = await render(wordsOf(name), environmentOf(name));

    const [what, ...lines] = ended.stderr.trimEnd().split('\n');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(what).toMatch(/^Could not create Kubernetes cluster "/);
    expect(lines).toEqual([expect.stringContaining(line)]);
  });

  it.each(Object.entries(refusedAsTyped))('refuses the command line, in the case %s', async (name, message) => {
    const ended = await render(wordsOf(name), environmentOf(name));

    expect(ended.code).toBe(1);
    expect(`${ended.stdout}${ended.stderr}`.split('\n')[0]).toBe(message);
  });

  it('works as a process of its own', async () => {
    const name = 'application-args';

    const ended = await spawnDrey(['render', ...wordsOf(name)], { api: undefined, env: environmentOf(name) }).ended;

    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(comparable(ended.stdout)).toEqual(comparable(objectsOf(name)));
  });

  it('prints the same objects as JSON', async () => {
    const words = ['run-application', '-Dkubernetes.cluster-id=app', 'local:///opt/flink/usrlib/x.jar'];

    const [yaml, json] = await Promise.all([render(words), render([...words, '--output', 'json'])]);
    const before = await render(['--output', 'json', ...words]);

    expect(JSON.parse(before.stdout)).toEqual(documentsOf(yaml.stdout));
    expect(json.stdout).toMatch(/program-args:\n +- --output\n +- json\n/); // behind the jar it belongs to the program
  });

  it('makes up an id of the length that Flink gives it', async () => {
    const ids = await Promise.all([1, 2].map(async () => (await render(['kubernetes-session'])).stdout));

    const [one, other] = ids.map((text) => /^ {2}name: (.*)$/m.exec(text)?.[1]);
    expect(one).toMatch(/^flink-cluster-[0-9a-f]{31}$/);
    expect(one).not.toBe(other);
  });

  it('starts from the stock configuration and its log settings without a folder', async () => {
    const { stdout } = await render(['kubernetes-session', '-Dkubernetes.cluster-id=x']);

    expect(stdout).toContain('log4j-console.properties');
    expect(stdout).toContain('size: 1728m');
  });

  it('takes -d, -C and -sae into the configuration', async () => {
    const flags = ['-d', '-sae', '-C', 'file:/opt/a.jar', '-C', 'file:/opt/b.jar'];

    const { stdout } = await render(['run-application', '-Dkubernetes.cluster-id=x', ...flags, 'local:///x.jar']);

    expect(stdout).toContain('attached: false');
    expect(stdout).toContain('shutdown-on-attached-exit: true');
    expect(stdout).toMatch(/classpaths:\n +- file:\/opt\/a.jar\n +- file:\/opt\/b.jar\n/);
  });

  it('warns of an option that Flink does not know', async () => {
    const ended = await render(['kubernetes-session', '-Dkubernetes.contaner.image.ref=x']);

    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^WARN kubernetes.contaner.image.ref is not an option of Flink.*\n$/),
    });
  });

  it('tells all mistakes at once, as JSON to programs', async () => {
    const ended = await render([
      'run',
      '-t',
      'kubernetes-application',
      '--output',
      'json',
      '-Dkubernetes.cluster-id=Bad',
      '-Dkubernetes.jobmanager.cpu.amount=lots',
      './x.jar',
    ]);

    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(ended.stderr)).toEqual({
      error: {
        message: 'Could not create Kubernetes cluster "Bad".',
        code: 'refused-option',
        errors: ['/clusterId', '/job/jar', '/config/kubernetes.jobmanager.cpu.amount'].map((pointer) => ({
          pointer,
          detail: expect.any(String),
        })),
      },
    });
  });

  it.each([
    [[], 'Please specify an action.'],
    [['list'], '"list" is not a valid action.'],
    [['run', '-t', 'kubernetes-session', 'x.jar'], 'A job on a session makes no objects'],
    [['run', 'x.jar'], 'A job on a session makes no objects'],
    [['run-application'], 'Java program should be specified a JAR file.'],
    [['run-application', '-t', 'kubernetes-session', 'x.jar'], 'run-application is for applications'],
    [['kubernetes-session', '-t', 'kubernetes-application'], 'kubernetes-session is for sessions'],
    [['kubernetes-session', '-Ddrey.flink-version=3'], 'Drey starts Flink 1.20 and 2.2, not "3".'],
  ])('refuses %j', async (words, message) => {
    const ended = await render(words);

    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(ended.stdout).toContain(message);
  });
});

describe('the configuration folder', () => {
  let folder: string;
  const put = (name: string, text: string) => writeFile(join(folder, name), text);
  const session = (...more: readonly string[]) => ['kubernetes-session', '-Dkubernetes.cluster-id=x', ...more];
  const renderHere = (...words: readonly string[]) => render(words, { FLINK_CONF_DIR: folder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drey-conf-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('has to be there', async () => {
    const ended = await render(session(), { FLINK_CONF_DIR: '/nowhere/conf' });

    expect(ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr:
        "The given configuration directory name '/nowhere/conf' (/nowhere/conf) does not describe an existing directory.\n",
    });
  });

  it('has to hold a config.yaml', async () => {
    const ended = await renderHere(...session());

    const file = join(folder, 'config.yaml');
    expect(ended).toMatchObject({ code: 1, stderr: `The Flink config file '${file}' (${file}) does not exist.\n` });
  });

  it('may hold a flink-conf.yaml for Flink 1.20 only', async () => {
    await put('flink-conf.yaml', 'jobmanager.memory.process.size: 1600m\ntaskmanager.memory.process.size: 1728m\n');

    const [newest, old, byImage] = [
      await renderHere(...session()),
      await renderHere(...session('-Ddrey.flink-version=1.20')),
      await renderHere(...session('-Dkubernetes.container.image.ref=flink:1.20.3')),
    ];

    expect(newest).toMatchObject({ code: 1, stderr: expect.stringContaining('-Ddrey.flink-version=1.20') });
    expect(old).toMatchObject({ code: 0, stdout: expect.stringContaining('flink-conf.yaml: |') });
    expect(byImage.stdout).toContain('jobmanager.memory.process.size: 1600m');
  });

  it('decides what -D does not, by any name of an option', async () => {
    const texts = [
      'execution: {target: kubernetes-application}',
      'kubernetes: {cluster-id: of-the-folder, namespace: etl, container: {image: {ref: "flink:2.2"}}}',
      'jobmanager: {memory: {process: {size: 1600m}}}',
      'taskmanager: {memory: {process: {size: 1728m}}}',
    ];
    await put('config.yaml', texts.join('\n'));

    const ended = await renderHere('run', '-Dkubernetes.container.image=mine:2.2', 'local:///x.jar');

    const [deployment] = documentsOf(ended.stdout);
    expect(deployment).toMatchObject({
      metadata: { name: 'of-the-folder', namespace: 'etl' },
      spec: { template: { spec: { containers: [{ image: 'mine:2.2' }] } } },
    });
    expect(ended.stdout).not.toContain('log4j'); // the folder has none
  });

  it('says what is no YAML', async () => {
    await put('config.yaml', 'a: [');

    expect(await renderHere(...session())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`The Flink config file '${join(folder, 'config.yaml')}' cannot be used.\n  `),
    });
  });
});

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

  it('a mistake in the configuration folder is told as one', async () => {
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
    expect(stderr).toContain('WARN Unrecognized option: --tm; it is ignored.');
  });

  it('a pod template has to be there, and to be a pod', async () => {
    const file = await put('list.yaml', '- 1\n');

    const option = '-Dkubernetes.pod-template-file.jobmanager';
    const [missing, wrong] = [
      await render(session(`${option}=/nowhere/pod.yaml`)),
      await render(session(`${option}=${file}`)),
    ];

    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Pod template file \/nowhere\/pod.yaml does not exist.\n {2}-D\S+ names it.\n$/),
    });
    expect(wrong.stderr).toContain(`Pod template file ${file} holds no pod.\n  `);
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

    expect(stdout).toContain('  hdfs-site.xml: <configuration/>');
  });

  it('says that a Hadoop folder holds nothing', async () => {
    const ended = await render(session(), { HADOOP_CONF_DIR: folder });

    expect(ended).toMatchObject({
      code: 0,
      stderr: `WARN There is no core-site.xml or hdfs-site.xml in ${folder}: no Hadoop configuration is mounted.\n`,
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
      stderr: expect.stringContaining('  -Dsecurity.kerberos.login.keytab: the content of the file is missing'),
    });
    expect(off).toMatchObject({ code: 0, stdout: expect.stringContaining('keytab: /nowhere/flink.keytab') });
  });
});
