import { Failure } from '#cli/api/failure.ts';
import { defineCommand } from '#cli/commander/command.ts';
import type { Conversion } from '#cli/input/flink-operator/convert.ts';
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
    const { convertResources } = await import('#cli/input/flink-operator/convert.ts');
    const conversions = convertResources(documents);
    conversions.flatMap(listNotes).forEach((note) => context.printNotice(`NOTE ${note}`));
    await assertConverted(conversions, file);
    printResults(conversions, context);
  },
});

/** The fields of one resource with the same note share a line. */
const listNotes = ({ resource, notes }: Conversion): readonly string[] =>
  [...Map.groupBy(notes, ({ detail }) => detail)].map(([detail, fields]) =>
    describe(resource, fields.map(({ path }) => path.join('.')).join(', '), detail),
  );

const describe = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(': ');

/** @throws Failure with each refused field, and for files without anything to convert. */
const assertConverted = async (conversions: readonly Conversion[], file: string): Promise<void> => {
  const source = file === '-' ? 'The standard input' : file;
  const { toPointer } = await import('#events/problems/problem.ts');
  const refusals = conversions.flatMap(({ resource, refusals }) => refusals.map((one) => ({ resource, ...one })));
  if (refusals.length > 0)
    throw new Failure(`${source} cannot be converted.`, {
      lines: refusals.map(({ resource, path, detail }) => describe(resource, path.join('.'), detail)),
      errors: refusals.map(({ path, detail }) => ({ pointer: path.length === 0 ? '' : toPointer(path), detail })),
      hint: 'docs/flink-operator.md lists what Drey converts.',
    });
  if (conversions.every(({ result }) => result === undefined))
    throw new Failure(`${source} has no FlinkDeployment and no FlinkSessionJob to convert.`);
};

const printResults = (conversions: readonly Conversion[], context: Context): void => {
  const exact = context.withExactTexts();
  const deploys = conversions.flatMap(({ result }) => (result?.kind === 'deploy' ? [result.deploy] : []));
  if (deploys.length === 1) exact.printJson(deploys[0]);
  else deploys.forEach(exact.printItem);
  const isJson = context.options.output === 'json';
  for (const { resource, result } of conversions)
    if (result?.kind === 'job')
      for (const line of describeJob(resource, result)) {
        // JSON has no comments.
        if (isJson) context.printNotice(line);
        else context.print(`# ${line}`);
      }
};

type Job = Extract<NonNullable<Conversion['result']>, { readonly kind: 'job' }>;

/** A session runs jars that its callers upload, so the job is a command line and not a file. */
const describeJob = (resource: string, { clusterId, jarURI, submit }: Job): readonly string[] => {
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
