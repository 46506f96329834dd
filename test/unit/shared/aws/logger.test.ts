import { afterEach, describe, expect, it, vi } from 'vitest';

import { createLogger } from '#shared/aws/logger.ts';

const identity = { stage: 'prod', function: 'drey-prod-admit', functionVersion: '7' };

/** The lines that the logger writes. */
const linesOf = (
  write: (logger: ReturnType<typeof createLogger>) => void,
): readonly Readonly<Record<string, unknown>>[] => {
  vi.stubEnv('POWERTOOLS_DEV', 'true'); // The logger then writes to the console, which the test replaces.
  const lines: string[] = [];
  for (const method of ['info', 'warn', 'error'] as const)
    vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(line));
  const logger = createLogger(identity);
  logger.setLogLevel('INFO');
  write(logger);
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
};

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('a log line', () => {
  it('names the function and its version, also after the keys of an invocation were reset', () => {
    const lines = linesOf((logger) => {
      logger.appendKeys({ operationId: 'a' });
      logger.info('first');
      logger.resetKeys();
      logger.info('second');
    });

    expect(lines).toMatchObject([
      { ...identity, operationId: 'a', level: 'INFO', message: 'first', service: 'drey' },
      { ...identity, message: 'second' },
    ]);
    expect(lines[1]).not.toHaveProperty('operationId');
  });

  it('of level error is a metric of the version, too', () => {
    const [line] = linesOf((logger) => logger.error('step failed', { error: new Error('a bug') }));

    expect(line).toMatchObject({
      ...identity,
      UnexpectedErrors: 1,
      error: { message: 'a bug' },
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'Drey',
            Dimensions: [
              ['service', 'stage'],
              ['function', 'functionVersion'],
            ],
            Metrics: [{ Name: 'UnexpectedErrors', Unit: 'Count' }],
          },
        ],
      },
    });
  });

  it.each(['info', 'warn'] as const)('of level %s is no metric', (level) => {
    const [line] = linesOf((logger) => logger[level]('target unreachable'));

    expect(line).toMatchObject({ message: 'target unreachable' });
    expect(line).not.toHaveProperty('_aws');
  });
});

describe('an error in a log line', () => {
  it('has no secret of its texts, and no answer of another service', () => {
    const cause = new Error('jdbc:mysql://db/?password=canary-1');
    const lines = linesOf((logger) => {
      logger.error('failed', { error: new Error('https://flink:canary-2@example.com/', { cause }) });
      logger.error('failed', { error: new Error('no', { cause: { body: 'canary-3' } }) });
    });

    expect(JSON.stringify(lines)).not.toContain('canary');
    expect(lines[0]).toMatchObject({ error: { message: 'https://…@example.com/', cause: { name: 'Error' } } });
  });
});
