import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { type GoldenCase, goldenCases, goldenFolder, readGolden } from '#test/support/golden/cases.ts';
import { drey, spawnDrey } from '#test/unit/cli/drey.ts';
import { normalise } from '#test/unit/shared/flink/normalise.ts';

const warned: Readonly<Record<string, string>> = {
  'session-bare-conf':
    'WARN The configuration folder (files of a request) has no log4j-console.properties and no logback-console.xml. The logs are empty, except for errors. Add the log4j-console.properties of the Flink distribution.\n',
  'session-unknown-option': 'WARN Unrecognized option: --frobnicate. It is ignored.\n',
  'session-pod-template': ['JobManager', 'TaskManagers']
    .map((pods) => {
      const option = `kubernetes.${pods.toLowerCase().replace(/s$/, '')}.cpu`;
      return `WARN The pod template of the ${pods}: the CPU of flink-main-container is replaced. Set ${option}.amount and .cpu.limit-factor.\n`;
    })
    .join(''),
  'application-savepoint': "The option 'restoreMode' is deprecated. Please use 'claimMode' instead.\n",
};
const warningsOf = ({ name }: GoldenCase): unknown =>
  name.startsWith('generated-') ? expect.stringMatching(/^(WARN .*\n)*$/) : (warned[name] ?? '');
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
const objectsOf = ({ path }: GoldenCase) => readGolden(`${path.replace('run-application', 'default')}/objects.yaml`);
/** `drey kubernetes-session --help` shows the help. Flink's client starts a session. */
const help = 'session-help';
const rendered = goldenCases.filter(({ name }) => !(name in refused) && !(name in refusedAsTyped) && name !== help);
const casesOf = (table: Readonly<Record<string, string>>) =>
  goldenCases.flatMap((golden) => {
    const line = table[golden.name];
    return line === undefined ? [] : [{ ...golden, line }];
  });
/** The arguments of `drey render`. */
const argumentsOf = ({ words: [program, ...rest], version }: GoldenCase): readonly string[] => {
  const words = rest.map((word) => word.replaceAll('/golden/', `${goldenFolder}/`));
  const [action = '', ...others] = program === 'bin/flink' ? words : ['kubernetes-session', ...words];
  return [action, `-Ddrey.flink-version=${version}`, ...others];
};
const environmentOf = ({ configurationFolder, hadoopFolder }: GoldenCase) => ({
  FLINK_CONF_DIR: configurationFolder,
  ...(hadoopFolder === undefined ? {} : { HADOOP_CONF_DIR: hadoopFolder }),
});
/** Without an API, and without knowing where one is. */
const render = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  drey(['render', ...words], { api: undefined, env });
const documentsOf = (text: string) => parseAllDocuments(text).map((document): unknown => document.toJS());
const titleOf = (object: unknown): string => {
  const { kind, metadata } = parse(JSON.stringify(object));
  return `${kind} ${metadata.name}`;
};
const comparable = (text: string) =>
  documentsOf(text.replaceAll(goldenFolder, '/golden'))
    .map((object) => normalise(object))
    .toSorted((one, other) => (titleOf(one) < titleOf(other) ? -1 : 1));
const generatedId = /flink-cluster-[0-9a-f]{31}/g;

describe('render', () => {
  it.each(rendered)("prints what Flink's client creates, in the case $path", async (golden) => {
    const ended = await render(argumentsOf(golden), environmentOf(golden));

    const anyId = (text: string) => text.replaceAll(generatedId, 'flink-cluster-generated');
    expect(ended).toMatchObject({ code: 0, stderr: warningsOf(golden) });
    expect(comparable(anyId(ended.stdout))).toEqual(comparable(anyId(objectsOf(golden))));
  });

  it.each(casesOf(refused))('refuses what cannot be, in the case $path', async (golden) => {
    const ended = await render(argumentsOf(golden), environmentOf(golden));

    const [what, ...lines] = ended.stderr.trimEnd().split('\n');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(what).toMatch(/^Could not create Kubernetes cluster "/);
    expect(lines).toEqual([expect.stringContaining(golden.line)]);
  });

  it.each(casesOf(refusedAsTyped))('refuses the command line, in the case $path', async (golden) => {
    const ended = await render(argumentsOf(golden), environmentOf(golden));

    expect(ended.code).toBe(1);
    expect(`${ended.stdout}${ended.stderr}`.split('\n')[0]).toBe(golden.line);
  });

  it.each(goldenCases.filter(({ name }) => name === 'application-args'))(
    'works as a process of its own, in the case $path',
    async (golden) => {
      const words = ['render', ...argumentsOf(golden)];

      const ended = await spawnDrey(words, { api: undefined, env: environmentOf(golden) }).ended;

      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(comparable(ended.stdout)).toEqual(comparable(objectsOf(golden)));
    },
  );

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

  it('reports all field errors at once, as JSON for programs', async () => {
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
    [['run', '-t', 'kubernetes-session', 'x.jar'], 'A job on a session has no objects'],
    [['run', 'x.jar'], 'A job on a session has no objects'],
    [['run-application'], 'Java program should be specified a JAR file.'],
    [['run-application', '-t', 'kubernetes-session', 'x.jar'], 'run-application renders applications only'],
    [['kubernetes-session', '-t', 'kubernetes-application'], 'kubernetes-session renders sessions only'],
    [
      ['kubernetes-session', '-Ddrey.flink-version=3'],
      '-Ddrey.flink-version must be 1.20, 2.0, 2.1, 2.2 or 2.3, not "3".',
    ],
  ])('refuses %j', async (words, message) => {
    const ended = await render(words);

    expect(ended).toMatchObject({ code: 1, stderr: '' });
    expect(ended.stdout).toContain(message);
  });
});
