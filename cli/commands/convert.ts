import { defineCommand } from '#cli/commander/command.ts';
import type { Conversion } from '#cli/input/flink-operator/convert.ts';
import type { ConvertedSnapshot } from '#cli/input/flink-operator/state-snapshot.ts';
import { readResources } from '#cli/input/resources.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { toCommandLine } from '#shared/shell-words.ts';

import type { Context } from '../context.ts';

interface Options {
  readonly file?: string;
}

export const convert = defineCommand<Options>({
  options: { '-f, --file <file>': 'YAML or JSON file, or folder of files; - reads stdin' },
  examples: {
    'drey convert -f deployment.yaml > cluster.yaml': 'convert a FlinkDeployment; `drey deploy -f` deploys it',
    'kubectl get flinkdeployment etl -o yaml | drey convert -f - | drey deploy -f -':
      'convert and deploy a resource of a Kubernetes cluster',
    'drey convert -f manifests --output json': 'convert a folder; print one object per line',
  },
  run: async (context, _operands, { file }) => {
    if (file === undefined) throw new UsageError('Specify what to convert: -f FILE, -f FOLDER or -f -.');
    const documents = await readResources({ file, option: '-f' }, context.io.stdin);
    const [{ convertResources }, { reportConversions }] = await Promise.all([
      import('#cli/input/flink-operator/convert.ts'),
      import('#cli/input/flink-operator/report.ts'),
    ]);
    const conversions = convertResources(documents);
    reportConversions(conversions, file, 'print', context);
    printResults(conversions, context);
  },
});

const printResults = (conversions: readonly Conversion[], context: Context): void => {
  const exact = context.withExactTexts();
  const deploys = conversions.flatMap(({ result }) => (result?.kind === 'deploy' ? [result.deploy] : []));
  if (deploys.length === 1) exact.printJson(deploys[0]);
  else deploys.forEach(exact.printItem);
  const isJson = context.options.output === 'json';
  for (const { resource, result } of conversions)
    for (const line of describeOther(resource, result)) {
      // JSON has no comments.
      if (isJson) context.printNotice(line);
      else context.print(`# ${line}`);
    }
};

/** The command lines for what is no deploy. */
const describeOther = (resource: string, result: Conversion['result']): readonly string[] => {
  switch (result?.kind) {
    case 'job':
      return describeJob(resource, result);
    case 'suspend': {
      const { clusterId, state } = result;
      const words = ['drey', 'suspend', clusterId, ...(state === undefined ? [] : ['--state', state])];
      return [`${resource} is suspended. If it runs, run:`, `  ${toCommandLine(words)}`];
    }
    case 'snapshot':
      return describeSnapshot(resource, result.snapshot);
    default:
      return [];
  }
};

const describeSnapshot = (resource: string, { kind, clusterId, body }: ConvertedSnapshot): readonly string[] => {
  const { directory, format, full } = body;
  const words = [
    'drey',
    kind,
    `-Dkubernetes.cluster-id=${clusterId}`,
    ...(format === undefined ? [] : ['--type', format.toLowerCase()]),
    ...(full === true ? ['--full'] : []),
    'JOB',
    ...(directory === undefined ? [] : [directory]),
  ];
  return [
    `${resource} is a ${kind} of a job of cluster ${clusterId}. With the ID of the job, run:`,
    `  ${toCommandLine(words)}`,
  ];
};

type Job = Extract<NonNullable<Conversion['result']>, { readonly kind: 'job' }>;

/** A session runs jars that its callers upload, so the job is a command line and not a file. */
const describeJob = (resource: string, { clusterId, jarURI, isSuspended, submit }: Job): readonly string[] => {
  if (isSuspended) return [`${resource} on session ${clusterId} is suspended. \`drey apply -f\` stops its job.`];
  const { config, entryClass, parallelism, restore, args } = submit;
  const [address = ''] = jarURI.split(/[?#]/, 1);
  const jar = address.slice(address.lastIndexOf('/') + 1);
  const words = [
    'drey',
    'run',
    '-d',
    `-Dkubernetes.cluster-id=${clusterId}`,
    ...Object.entries(config).map(([key, value]) => `-D${key}=${value}`),
    ...(entryClass === undefined ? [] : ['-c', entryClass]),
    ...(parallelism === undefined ? [] : ['-p', String(parallelism)]),
    ...(restore?.path === undefined ? [] : ['-s', restore.path]),
    ...(restore?.allowNonRestoredState === true ? ['-n'] : []),
    `./${/\.jar$/i.test(jar) ? jar : 'job.jar'}`,
    ...args,
  ];
  return [
    `${resource} runs on session ${clusterId}. Get its jar, ${toCommandLine([jarURI])}, and run:`,
    `  ${toCommandLine(words)}`,
  ];
};
