import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import type { ApplicationJob } from '#events/programs/application-job.ts';
import { configurationFiles } from '#events/commands/deploy.ts';
import type { PodTemplate } from '#events/kubernetes/pod-template.ts';
import { clientOnlyOptions, flatten, getStockConfig } from '#shared/flink/config.ts';
import { parseConfigFile } from '#shared/flink/config-file.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { addOwnerReference } from '#shared/flink/manifests/manifests.ts';
import type { PodTemplates } from '#shared/flink/manifests/pod-template/pod-template.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

import { type GoldenCase, goldenCases, readGolden } from '#test/support/golden/cases.ts';

import { normalise } from './normalise.ts';
import { faultOf } from './outcome.ts';

/** Cases in which Drey rejects what Flink's client rejects, or accepts it on purpose: docs/differences.md. */
const refused: Readonly<Record<string, readonly string[]>> = {
  'session-bad-id-long': ['/clusterId'],
  'session-bad-id-upper': ['/clusterId'],
  'session-bad-memory': ['/config/jobmanager.memory.process.size'],
  'session-bad-option-value': ['/config/kubernetes.jobmanager.cpu.amount'],
  'session-replicas-without-ha': ['/config/kubernetes.jobmanager.replicas'],
  'application-file-jar': ['/job/jar'],
};
/** Cases that only a command line can have. */
const ofTheCommandLine = new Set(['per-job', 'per-job-kubernetes']);
/** The action of Flink 1.x: the same objects as `application-default`. */
const likeDefault = 'application-run-application';

const rendered = goldenCases.filter(({ name }) => !(name in refused) && !ofTheCommandLine.has(name));
const rejected = goldenCases.filter(({ name }) => name in refused);

describe("the objects of Flink's client", () => {
  it.each(rendered)('are the objects of Drey in the case $path', (golden) => {
    const path = golden.name === likeDefault ? `${golden.version}/application-default` : golden.path;
    const documents = parseAllDocuments(readGolden(`${path}/objects.yaml`)).map((document): unknown => document.toJS());

    const actual = render(golden, String(parse(JSON.stringify(documents[0])).metadata.name));

    expect(sorted(actual)).toEqual(sorted(documents));
  });

  it.each(rejected)('are rejected as Flink rejects them in the case $path', (golden) => {
    const fault = faultOf(() => render(golden));

    expect(fault?.code).toBe('refused-option');
    expect(fault?.errors.map(({ pointer }) => pointer)).toEqual(refused[golden.name]);
  });

  it('start from the configuration file of Flink, with its types', () => {
    const file = Object.entries(flatten(parse(readGolden('conf/config.yaml'), { mapAsMap: true })));

    expect(getStockConfig('2.2')).toEqual(Object.fromEntries(file.filter(([key]) => !clientOnlyOptions.has(key))));
  });
});

const sorted = (objects: readonly unknown[]) =>
  objects
    .map((object) => normalise(object))
    .toSorted((one, other) => (titleOf(one) < titleOf(other) ? -1 : Number(titleOf(one) > titleOf(other))));

const titleOf = (object: unknown) => {
  const { kind, metadata } = parse(JSON.stringify(object));
  return `${kind} ${metadata.name}`;
};

const render = (golden: GoldenCase, generatedId = 'generated') => {
  const { deployment, dependents } = renderCluster(inputOf(golden, generatedId));
  const owner = { name: deployment.metadata?.name ?? '', uid: 'UID' };
  return [deployment, ...dependents.map((object) => addOwnerReference(object, owner))];
};

/** The input that a command line stands for. The parser of `drey render` has its own tests. */
const inputOf = (
  { words, version, configurationFolder, hadoopFolder }: GoldenCase,
  generatedId: string,
): ClusterInput => {
  const config = Object.fromEntries(
    splitArguments(words).flags.flatMap((word) => {
      const [, key, value] = /^-D([^=]+)=(.*)$/s.exec(word) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value]];
    }),
  );
  const isApplication = words.includes('kubernetes-application');
  return {
    mode: isApplication ? 'application' : 'session',
    clusterId: config['kubernetes.cluster-id'] ?? generatedId,
    namespace: config['kubernetes.namespace'] ?? 'default',
    flinkVersion: version,
    folder: parseConfigFile(readFileSync(join(configurationFolder, 'config.yaml'), 'utf8')),
    config,
    files: filesOf(configurationFolder, configurationFiles),
    ...(isApplication ? { job: jobOf(words) } : {}),
    ...(hadoopFolder === undefined ? {} : { hadoop: filesOf(hadoopFolder, ['core-site.xml', 'hdfs-site.xml']) }),
    podTemplates: podTemplatesOf(config),
  };
};

/** The templates in the files that the options name. */
const podTemplatesOf = (config: Readonly<Record<string, string>>): PodTemplates => {
  const textOf = (pods: string) => {
    const file = config[`kubernetes.pod-template-file.${pods}`];
    return file === undefined ? undefined : readGolden(file.replace('/golden/', ''));
  };
  const templateOf = (pods: string) => {
    const text = textOf(pods);
    return text === undefined ? undefined : (parse(text) as PodTemplate);
  };
  return {
    default: templateOf('default'),
    jobmanager: templateOf('jobmanager'),
    taskmanager: templateOf('taskmanager'),
    taskmanagerText: textOf('taskmanager') ?? textOf('default'),
  };
};

const filesOf = (path: string, names: readonly string[]) =>
  Object.fromEntries(
    names.filter((name) => existsSync(join(path, name))).map((name) => [name, readFileSync(join(path, name), 'utf8')]),
  );

/** The options of Flink, with the jar, and the arguments of the program. */
const splitArguments = (words: readonly string[]) => {
  const isJar = (word: string, index: number) => /^(local|file):.*\.jar$/.test(word) && words[index - 1] !== '-C';
  // The arguments of a Python program start with the first word that is not an option of Flink.
  const isArgument = (word: string) => isPython(words) && word.startsWith('--') && word !== '--target';
  const jar = words.findIndex(isJar);
  const first = jar === -1 ? words.findIndex(isArgument) : jar + 1;
  return first === -1 ? { flags: words, args: [] } : { flags: words.slice(0, first), args: words.slice(first) };
};
const isPython = (words: readonly string[]) => words.includes('-py') || words.includes('-pym');

const jobOf = (words: readonly string[]): ApplicationJob => {
  const { flags, args } = splitArguments(words);
  const after = (flag: string) => (flags.includes(flag) ? flags[flags.indexOf(flag) + 1] : undefined);
  const [path, entryClass, parallelism, classpath] = [after('-s'), after('-c'), after('-p'), after('-C')];
  const common = {
    args,
    ...(parallelism === undefined ? {} : { parallelism: Number(parallelism) }),
    ...(classpath === undefined ? {} : { classpaths: [classpath] }),
    ...(path === undefined
      ? {}
      : {
          restore: {
            path,
            allowNonRestoredState: flags.includes('-n'),
            claimMode: after('-rm') === 'claim' ? ('CLAIM' as const) : ('NO_CLAIM' as const),
          },
        }),
  };
  return isPython(flags)
    ? { ...common, python: pythonOf(after) }
    : { ...common, jar: flags.at(-1) ?? '', ...(entryClass === undefined ? {} : { entryClass }) };
};

const pythonOf = (after: (flag: string) => string | undefined) => ({
  file: after('-py'),
  module: after('-pym'),
  files: after('-pyfs')?.split(','),
  requirements: after('-pyreq'),
  archives: after('-pyarch')?.split(','),
  executable: after('-pyexec'),
  clientExecutable: after('-pyclientexec'),
  pythonPath: after('-pypath'),
});
