import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import type { ApplicationJob } from '#events/commands/application-job.ts';
import { configurationFiles } from '#events/commands/deploy.ts';
import type { PodTemplate } from '#events/kubernetes/pod-template.ts';
import { clientOnlyOptions, flatten, parseConfigFile, getStockConfig } from '#shared/flink/config.ts';
import type { ClusterInput } from '#shared/flink/manifests/cluster-input.ts';
import { addOwnerReference } from '#shared/flink/manifests/manifests.ts';
import { renderCluster } from '#shared/flink/manifests/render-cluster.ts';

import { normalise } from './normalise.ts';
import { faultOf } from './outcome.ts';

const folder = new URL('../../../golden/', import.meta.url);
const golden = (path: string) => readFileSync(new URL(path, folder), 'utf8');
const cases = readdirSync(folder).filter((name) => existsSync(new URL(`${name}/command`, folder)));

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

const rendered = cases.filter((name) => !(name in refused) && !ofTheCommandLine.has(name));

describe("the objects of Flink's client", () => {
  it.each(rendered)('are the objects of Drey in the case %s', (name) => {
    const documents = parseAllDocuments(
      golden(`${name === likeDefault ? 'application-default' : name}/objects.yaml`),
    ).map((document): unknown => document.toJS());

    const actual = render(name, String(parse(JSON.stringify(documents[0])).metadata.name));

    expect(sorted(actual)).toEqual(sorted(documents));
  });

  it.each(Object.entries(refused))('are rejected as Flink rejects them in the case %s', (name, pointers) => {
    const fault = faultOf(() => render(name));

    expect(fault?.code).toBe('refused-option');
    expect(fault?.errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('start from the configuration file of Flink, with its types', () => {
    const file = Object.entries(flatten(parse(golden('conf/config.yaml'), { mapAsMap: true })));

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

const render = (name: string, generatedId = 'generated') => {
  const input = inputOf(golden(`${name}/command`), generatedId);
  const { deployment, dependents } = renderCluster(input);
  const owner = { name: deployment.metadata?.name ?? '', uid: 'UID' };
  return [deployment, ...dependents.map((object) => addOwnerReference(object, owner))];
};

/** The input that a command line stands for. The parser of `drey render` has its own tests. */
const inputOf = (text: string, generatedId: string): ClusterInput => {
  const [line = ''] = text.split('\n').filter((one) => one !== '' && !one.startsWith('#'));
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|((?:[^\s'"]|'[^']*'|"[^"]*")+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? (plain ?? '').replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
  const config = Object.fromEntries(
    words.flatMap((word) => {
      const [, key, value] = /^-D([^=]+)=(.*)$/.exec(word) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value]];
    }),
  );
  const conf = text.includes('FLINK_CONF_DIR') ? 'conf-bare' : 'conf';
  const template = parse(golden('pod-template.yaml')) as PodTemplate;
  const templates = Object.keys(config).filter((key) => key.startsWith('kubernetes.pod-template-file.'));
  return {
    mode: line.includes('kubernetes-application') ? 'application' : 'session',
    clusterId: config['kubernetes.cluster-id'] ?? generatedId,
    namespace: config['kubernetes.namespace'] ?? 'default',
    flinkVersion: '2.2',
    folder: parseConfigFile(golden(`${conf}/config.yaml`)),
    config,
    files: filesOf(conf, configurationFiles),
    ...(line.includes('kubernetes-application') ? { job: jobOf(words) } : {}),
    ...(text.includes('HADOOP_CONF_DIR') ? { hadoop: filesOf('hadoop-conf', ['core-site.xml', 'hdfs-site.xml']) } : {}),
    ...(templates.length === 0
      ? {}
      : {
          podTemplates: {
            jobmanager: template,
            taskmanager: template,
            taskmanagerText: golden('pod-template.yaml'),
          },
        }),
  };
};

const filesOf = (path: string, names: readonly string[]) =>
  Object.fromEntries(
    names
      .filter((name) => existsSync(new URL(`${path}/${name}`, folder)))
      .map((name) => [name, golden(`${path}/${name}`)]),
  );

const jobOf = (words: readonly string[]): ApplicationJob => {
  const after = (flag: string) => (words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined);
  const [path, entryClass, parallelism, classpath] = [after('-s'), after('-c'), after('-p'), after('-C')];
  const common = {
    ...(parallelism === undefined ? {} : { parallelism: Number(parallelism) }),
    ...(classpath === undefined ? {} : { classpaths: [classpath] }),
    ...(path === undefined
      ? {}
      : {
          restore: {
            path,
            allowNonRestoredState: words.includes('-n'),
            claimMode: after('-rm') === 'claim' ? ('CLAIM' as const) : ('NO_CLAIM' as const),
          },
        }),
  };
  if (words.includes('-py') || words.includes('-pym')) return { ...common, ...pythonOf(words, after) };
  const at = words.findIndex((word) => word.endsWith('.jar'));
  return {
    ...common,
    jar: words[at] ?? '',
    args: words.slice(at + 1),
    ...(entryClass === undefined ? {} : { entryClass }),
  };
};

/** The arguments of a Python program start with the first word that is not an option of Flink. */
const pythonOf = (words: readonly string[], after: (flag: string) => string | undefined) => {
  const first = words.findIndex((word) => word.startsWith('--') && word !== '--target');
  return {
    python: {
      file: after('-py'),
      module: after('-pym'),
      files: after('-pyfs')?.split(','),
      requirements: after('-pyreq'),
      archives: after('-pyarch')?.split(','),
      executable: after('-pyexec'),
      clientExecutable: after('-pyclientexec'),
      pythonPath: after('-pypath'),
    },
    args: first === -1 ? [] : words.slice(first),
  };
};
