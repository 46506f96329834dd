/**
 * Writes the generated cases of test/golden: combinations of options from a seeded generator, the same for each version.
 *
 *     node test/support/golden/generate.ts && node test/support/golden/record.ts 2.3
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { stringify } from 'yaml';

import { goldenFolder, quoteWord, recordedVersions } from './cases.ts';

const seed = 20_261_128;
const perMode = 6;

type Options = Readonly<Record<string, string>>;
interface Templates {
  readonly [pods: string]: object;
}
interface Generated {
  readonly options: readonly Options[];
  readonly templates: Templates;
  readonly persistentVolumes: Options;
  /** Flags of `flink run`, the jar and its arguments. */
  readonly flags: readonly string[];
  readonly args: readonly string[];
}

const pick = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const some = (arbitraries: Readonly<Record<string, fc.Arbitrary<string>>>): fc.Arbitrary<Options> =>
  fc.record(arbitraries, { requiredKeys: [] }) as fc.Arbitrary<Options>;

const number = pick('0.5', '1', '1.25', '2.0', '3');
const factor = pick('1', '1.5', '2.0');
const map = pick('team:search', 'team:search,tier:gold', "example.com/part:a.b_c,note:'x:y'");
const selector = pick('zone:a', 'zone:eu-1,example.com/disk:ssd');
const toleration = pick(
  'key:gpu,operator:Exists,effect:NoSchedule',
  'key:a,operator:Equal,value:b,effect:NoExecute,tolerationSeconds:60;key:c,operator:Exists',
);
const value = pick('plain', 'two words', 'ünï=x', '$HOME', 'a;b', '#1', '{"a": [1]}', "it's", 'a: b');

const resources = some({
  'jobmanager.memory.process.size': pick('1600m', '2g', '2048 mb'),
  'taskmanager.memory.process.size': pick('1728m', '3g'),
  'taskmanager.numberOfTaskSlots': pick('1', '4'),
  'kubernetes.jobmanager.cpu.amount': number,
  'kubernetes.jobmanager.cpu.limit-factor': factor,
  'kubernetes.jobmanager.memory.limit-factor': factor,
  'kubernetes.taskmanager.cpu.amount': number,
  'kubernetes.taskmanager.memory.limit-factor': factor,
});
const placement = some({
  'kubernetes.jobmanager.labels': pick('team:search', 'team:search,tier:gold'),
  'kubernetes.jobmanager.annotations': map,
  'kubernetes.jobmanager.node-selector': selector,
  'kubernetes.jobmanager.tolerations': toleration,
  'kubernetes.taskmanager.labels': pick('t:1'),
  'kubernetes.taskmanager.tolerations': toleration,
  'kubernetes.service-account': pick('flink', 'flink-service-account'),
  'kubernetes.jobmanager.service-account': pick('jobmanagers'),
  'kubernetes.hostnetwork.enabled': pick('true', 'false'),
});
const environment = some({
  'containerized.master.env.MODE': value,
  'containerized.master.env.B_2': value,
  'containerized.taskmanager.env.MODE': value,
  'kubernetes.secrets': pick('one:/etc/one', 'one:/etc/one,two-2:/etc/two'),
  'kubernetes.env.secretKeyRef': pick(
    'env:USER_NAME,secret:one,key:user',
    'env:A,secret:one,key:a;env:B,secret:two,key:b.c',
  ),
  'kubernetes.container.image.pull-secrets': pick('pull-a', 'pull-a;pull-b'),
  'kubernetes.container.image.pull-policy': pick('Always', 'IfNotPresent', 'Never'),
});
const network = some({
  'kubernetes.rest-service.exposed.type': pick('ClusterIP', 'NodePort', 'LoadBalancer', 'Headless_ClusterIP'),
  'kubernetes.rest-service.annotations': map,
  'kubernetes.rest-service.labels': pick('exposed:yes', 'team:web'),
  'kubernetes.internal-service.annotations': map,
  'kubernetes.internal-service.labels': pick('inner:1'),
  'rest.port': pick('8081', '18081'),
  'rest.bind-port': pick('8085'),
  'jobmanager.rpc.port': pick('6123', '16123'),
  'blob.server.port': pick('6124', '16124'),
  'taskmanager.rpc.port': pick('6122', '16122'),
});
const availability = fc.constantFrom<Options>(
  {},
  { 'high-availability.type': 'kubernetes', 'high-availability.storageDir': 's3://bucket/ha' },
  {
    'high-availability.type': 'kubernetes',
    'high-availability.storageDir': 'file:///ha',
    'kubernetes.jobmanager.replicas': '3',
    'high-availability.jobmanager.port': '50010',
  },
);
const others = some({
  'kubernetes.entry.path': pick('/opt/entry.sh'),
  'kubernetes.flink.conf.dir': pick('/etc/flink'),
  'kubernetes.flink.log.dir': pick('/var/log/flink'),
  'env.java.opts.jobmanager': pick('-Xlog:gc -Da=b', '-XX:+UseG1GC'),
  'pipeline.name': value,
  'user.defined': value,
});
/** Options of Flink 2.3. */
const persistentVolumes = fc.constantFrom<Options>(
  {},
  { 'kubernetes.persistent-volume-claims': 'data:/data' },
  {
    'kubernetes.persistent-volume-claims': 'data:/data,more.space:/more',
    'kubernetes.persistent-volume-claim-read-only': 'true',
  },
);

const container = fc.record(
  {
    image: pick('other:1'),
    env: fc.constantFrom([{ name: 'TZ', value: 'UTC' }], [{ name: 'MODE', value: 'template' }]),
    ports: fc.constant([{ containerPort: 9249, name: 'metrics' }]),
    resources: fc.constantFrom({ requests: { cpu: '7', 'ephemeral-storage': '1Gi' } }, { limits: { memory: '9Gi' } }),
    volumeMounts: fc.constant([{ mountPath: '/scratch', name: 'scratch' }]),
    lifecycle: fc.constant({ preStop: { exec: { command: ['sleep', '5'] } } }),
    securityContext: fc.constant({ runAsNonRoot: true }),
  },
  { requiredKeys: ['volumeMounts'] },
);
const podTemplate = fc.record({
  metadata: fc.record(
    { labels: fc.constantFrom({ team: 'web', app: 'x' }), annotations: fc.constant({ 'a/b': 'yes' }) },
    { requiredKeys: [] },
  ),
  main: container,
  sidecar: fc.boolean(),
  spec: fc.record(
    {
      nodeSelector: fc.constant({ zone: 'c', arch: 'amd64' }),
      tolerations: fc.constant([{ key: 'own', operator: 'Exists' }]),
      imagePullSecrets: fc.constant([{ name: 'pull-t' }]),
      hostAliases: fc.constant([{ ip: '10.0.0.1', hostnames: ['a.example'] }]),
      terminationGracePeriodSeconds: fc.constant(90),
      securityContext: fc.constant({ fsGroup: 9999 }),
    },
    { requiredKeys: [] },
  ),
});
type PodTemplate = typeof podTemplate extends fc.Arbitrary<infer T> ? T : never;

const toPod = ({ metadata, main, sidecar, spec }: PodTemplate): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'template', ...metadata },
  spec: {
    ...spec,
    containers: [
      ...(sidecar ? [{ name: 'sidecar', image: 'sidecar:1', env: [{ name: 'A', value: '1' }] }] : []),
      { name: 'flink-main-container', ...main },
    ],
    volumes: [{ name: 'scratch', emptyDir: {} }],
  },
});

const templates = fc.record(
  { default: podTemplate, jobmanager: podTemplate, taskmanager: podTemplate },
  { requiredKeys: [] },
);
const oddArguments =
  `--input|a b||it's|"q"|$HOME|$\{x}|a;b|#c|-p|ünï|* ?|k=v|null|1.20|a,b|{"k": "v"}|yes|- x|back\\slash|-Dx=y|a: b|%d|7e10|~|--flag=two words`.split(
    '|',
  );

const generated = fc.record({
  options: fc.tuple(resources, placement, environment, network, availability, others),
  templates: fc.option(templates, { nil: {} }),
  persistentVolumes,
  flags: fc
    .record(
      {
        '-C': pick('file:///opt/a.jar', 'https://example.com/lib/b.jar'),
        '-c': pick('com.example.Main', 'com.example.Outer$Inner'),
        '-p': pick('1', '7'),
        '-s': pick('s3://bucket/savepoints/savepoint-1', 'file:///a b/savepoint-2'),
      },
      { requiredKeys: [] },
    )
    .map((flags) => Object.entries(flags).flat()),
  args: fc.shuffledSubarray(oddArguments, { minLength: 3, maxLength: 8 }),
});

const toCommand = (
  name: string,
  version: string,
  { options, templates: ofPods, persistentVolumes: volumes, flags, args }: Generated,
): string => {
  const files = Object.fromEntries(
    Object.keys(ofPods).map((pods) => [
      `kubernetes.pod-template-file.${pods}`,
      `/golden/${version}/${name}/${pods}.yaml`,
    ]),
  );
  const all = Object.assign(
    {
      'kubernetes.namespace': 'golden',
      'kubernetes.container.image.ref': `flink:${version}`,
      'kubernetes.cluster-id': name,
    },
    ...options,
    version === '2.3' ? volumes : {},
    files,
  ) as Options;
  const properties = Object.entries(all).map(([key, text]) => `-D${key}=${text}`);
  const isApplication = name.startsWith('generated-application');
  const words = isApplication
    ? [
        'bin/flink',
        'run',
        '--target',
        'kubernetes-application',
        ...properties,
        ...flags,
        'local:///opt/flink/usrlib/my.jar',
        ...args,
      ]
    : ['bin/kubernetes-session.sh', ...properties];
  return `${words.map((word) => quoteWord(word)).join(' ')}\n`;
};

const names = ['session', 'application'].flatMap((mode) =>
  Array.from({ length: perMode }, (_, index) => `generated-${mode}-${index + 1}`),
);
for (const [index, sample] of fc.sample(generated, { seed, numRuns: names.length }).entries()) {
  const name = names[index] ?? '';
  for (const version of recordedVersions) {
    const folder = join(goldenFolder, version, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'command'), toCommand(name, version, sample));
    for (const [pods, template] of Object.entries(sample.templates))
      writeFileSync(join(folder, `${pods}.yaml`), stringify(toPod(template)));
  }
}
