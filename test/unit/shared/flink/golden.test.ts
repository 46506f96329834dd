import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { clientOnly, flatten, stockConfig } from '#shared/flink/config.ts';
import { ownedBy, renderSession } from '#shared/flink/manifests.ts';

import { normalise } from './normalise.ts';
import { faultOf } from './outcome.ts';

const golden = (path: string) => readFileSync(new URL(`../../../golden/${path}`, import.meta.url), 'utf8');

const rendered = [
  'default',
  'resources',
  'metadata',
  'nodeport',
  'hostnetwork',
  'env-secrets',
  'owner',
  'unknown-option',
  'no-options',
];

const refused: Readonly<Record<string, readonly string[]>> = {
  'bad-id-long': ['/clusterId'],
  'bad-id-upper': ['/clusterId'],
  'bad-memory': ['/config/jobmanager.memory.process.size'],
  'bad-option-value': ['/config/kubernetes.jobmanager.cpu.amount'],
  'replicas-without-ha': ['/config/kubernetes.jobmanager.replicas'],
  ha: ['/config/kubernetes.jobmanager.replicas', '/config/high-availability.type'],
  'pod-template': [
    '/config/kubernetes.pod-template-file.jobmanager',
    '/config/kubernetes.pod-template-file.taskmanager',
  ],
};

describe('a session cluster', () => {
  it.each(rendered)("has the objects that Flink's client creates, in the case %s", (name) => {
    const documents = parseAllDocuments(golden(`session-${name}/objects.yaml`));
    const expected: unknown[] = documents.map((document) => document.toJS());

    const actual = render(name, String(documents[0]?.getIn(['metadata', 'name'])));

    expect(actual.map((object) => normalise(object))).toEqual(expected.map((object) => normalise(object)));
  });

  it.each(Object.entries(refused))('is refused where it cannot be as asked, in the case %s', (name, pointers) => {
    const fault = faultOf(() => render(name));

    expect(fault?.code).toBe('refused-option');
    expect(fault?.errors.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it('has a case for every recorded command', () => {
    const recorded = readdirSync(new URL('../../../golden', import.meta.url)).filter((name) =>
      name.startsWith('session-'),
    );

    expect(recorded.toSorted()).toEqual(
      [...rendered, ...Object.keys(refused)].map((name) => `session-${name}`).toSorted(),
    );
  });

  it("starts from what Flink's configuration file sets, in its types", () => {
    const file = Object.entries(flatten(parse(golden('conf/config.yaml'), { mapAsMap: true })));

    expect(stockConfig).toEqual(Object.fromEntries(file.filter(([key]) => !clientOnly.has(key))));
  });
});

const render = (name: string, generatedId = 'generated') => {
  const config = optionsOf(golden(`session-${name}/command`));
  const { deployment, dependents } = renderSession({
    clusterId: config['kubernetes.cluster-id'] ?? generatedId,
    namespace: config['kubernetes.namespace'] ?? 'default',
    config,
    logFiles: Object.fromEntries(logFiles.map((file) => [file, golden(`conf/${file}`)])),
  });
  const owner = { name: deployment.metadata?.name ?? '', uid: 'UID' };
  return [deployment, ...dependents.map((object) => ownedBy(object, owner))];
};

const logFiles = ['log4j-console.properties', 'log4j-session.properties', 'log4j-cli.properties'];

const optionsOf = (command: string): Record<string, string> =>
  Object.fromEntries(
    [...command.matchAll(/ -D([^=\s]+)=(?:'([^']*)'|(\S*))/g)].map(([, key, quoted, plain]) => [key, quoted ?? plain]),
  );
