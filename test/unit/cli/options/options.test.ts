import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { Failure } from '#cli/api/failure.ts';
import { parseMode } from '#cli/api/mode.ts';
import { describePointer } from '#cli/api/cli-words.ts';
import { normalizeDashes } from '#cli/options/command-line.ts';
import { addCommonOptions, collect } from '#cli/options/common.ts';
import { parseProperties, toFlinkConfig } from '#cli/options/properties.ts';
import { parseRequestFields } from '#cli/options/request-fields.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { parseJobId } from '#cli/options/values.ts';

const parsed = (words: readonly string[]) => {
  const command = addCommonOptions(new Command())
    .option('-c, --class <class>')
    .option('-d, --detached')
    .option('--claimMode <mode>')
    .option('--shutdownOnAttachedExit')
    .option('-C, --classpath <url>', '', collect)
    .passThroughOptions()
    .exitOverride()
    .argument('[all...]');
  command.parse([...normalizeDashes(words, command, true)], { from: 'user' });
  const { D, ...options } = command.opts<{ D?: string[] }>();
  return { config: Object.fromEntries(parseProperties(D)), options, operands: command.args };
};

describe("Flink's forms of options", () => {
  it.each([
    { words: ['-Da.b=c'], config: { 'a.b': 'c' } },
    { words: ['-D', 'a.b=c'], config: { 'a.b': 'c' } },
    { words: ['-Da.b'], config: { 'a.b': 'true' } },
    { words: ['-D', 'a.b'], config: { 'a.b': 'true' } },
    { words: ['-Da.b='], config: { 'a.b': '' } },
    { words: ['-Da.b=x=y -z'], config: { 'a.b': 'x=y -z' } },
    { words: ['-Da.b=1', '-Da.b=2'], config: { 'a.b': '2' } },
    { words: ['-t', 'kubernetes-session'], options: { target: 'kubernetes-session' } },
    { words: ['--target', 'kubernetes-session'], options: { target: 'kubernetes-session' } },
    { words: ['--target=kubernetes-session'], options: { target: 'kubernetes-session' } },
    { words: ['-target', 'kubernetes-session'], options: { target: 'kubernetes-session' } },
    { words: ['-e', 'kubernetes-session'], options: { executor: 'kubernetes-session' } },
    { words: ['-claimMode', 'claim'], options: { claimMode: 'claim' } },
    { words: ['-cm', 'claim'], options: { claimMode: 'claim' } },
    { words: ['-claimMode=claim'], options: { claimMode: 'claim' } },
    { words: ['-sae'], options: { shutdownOnAttachedExit: true } },
    { words: ['-C', 'file:/a', '-C', 'file:/b'], options: { classpath: ['file:/a', 'file:/b'] } },
    { words: ['-c', '-detached'], options: { class: '-detached' } },
    {
      words: ['-detached', 'x.jar', '-detached', '-p', '4', '-Dx=y'],
      options: { detached: true },
      operands: ['x.jar', '-detached', '-p', '4', '-Dx=y'],
    },
    { words: ['x.jar', '-claimMode', 'z', '--'], operands: ['x.jar', '-claimMode', 'z', '--'] },
  ])('takes $words', ({ words, config = {}, options = {}, operands = [] }) => {
    expect(parsed(words)).toEqual({ config, options, operands });
  });

  it('refuses a -D without a name', () => {
    expect(() => parseProperties(['=x'])).toThrow(UsageError);
  });

  it("keeps the client's own options out of the configuration", () => {
    const properties = parseProperties([
      'kubernetes.cluster-id=x',
      'drey.target=y',
      'execution.target=kubernetes-session',
      'a.b=c',
    ]);

    expect(toFlinkConfig(properties)).toEqual({ 'a.b': 'c' });
  });
});

describe('the deployment target', () => {
  it('is a session or an application', () => {
    expect(['kubernetes-session', 'kubernetes-application'].map(parseMode)).toEqual(['session', 'application']);
  });

  it.each([
    ['kubernetes-per-job', Failure, 'Per-Job Mode not supported by Active Kubernetes deployments.'],
    ['yarn-per-job', Failure, 'Per-Job Mode not supported by Active Kubernetes deployments.'],
    ['yarn-session', UsageError, 'yarn-session'],
  ])('is not %s', (mode, kind, message) => {
    const check = () => parseMode(mode);

    expect(check).toThrow(kind);
    expect(check).toThrow(message);
  });
});

describe('a job id', () => {
  it('is read in either case', () => {
    expect(parseJobId('8A077DA4350254F0F435DA5061D32226')).toBe('8a077da4350254f0f435da5061d32226');
  });

  it("is refused in Flink's words", () => {
    expect(() => parseJobId('xyz')).toThrow(
      'Cannot parse JobID from "xyz". The expected format is [0-9a-fA-F]{32}, e.g. fd72014d4c864993a2e5a9287b4a9c5d.',
    );
  });
});

describe('the pointer of a field error', () => {
  it.each([
    ['/config/kubernetes.jobmanager.cpu.amount', '-Dkubernetes.jobmanager.cpu.amount'],
    ['/clusterId', '-Dkubernetes.cluster-id'],
    ['/restore/path', '-s'],
    ['/job/restore/path', '-s'],
    ['/job/jar', 'the jar'],
    ['/job/classpaths/0', '-C'],
    ['/labels/a~1b', '/labels/a/b'],
  ])('%s is reported as %s', (pointer, told) => {
    expect(describePointer(pointer)).toBe(told);
  });
});

describe('-Ddrey.restore', () => {
  const restoreFrom = (words: readonly string[]) =>
    parseRequestFields(parseProperties(words.map((word) => `drey.restore.${word}`))).restore;

  it.each([
    [[], {}],
    [['from-cluster=etl'], { fromCluster: 'etl' }],
    [
      ['from-cluster=etl', 'job=clicks', 'allow-empty-state'],
      { fromCluster: 'etl', job: 'clicks', allowEmptyState: true },
    ],
    [['from-cluster=etl', 'allow-empty-state=false'], { fromCluster: 'etl', allowEmptyState: false }],
  ])('is read: %j', (words, expected) => {
    expect(restoreFrom(words)).toEqual(expected);
  });

  it.each([
    [['job=clicks'], '-Ddrey.restore.job requires'],
    [['allow-empty-state'], '-Ddrey.restore.allow-empty-state requires'],
    [['from-cluster=etl', 'allow-empty-state=yes'], 'must be true or false'],
  ])('is refused: %j', (words, message) => {
    expect(() => restoreFrom(words)).toThrow(message);
  });
});
