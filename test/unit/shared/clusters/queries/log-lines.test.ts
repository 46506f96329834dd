import { describe, expect, it } from 'vitest';

import { countAnswerBytes } from '#shared/clusters/queries/answer-size.ts';
import { toFactText } from '#shared/clusters/queries/fact-text.ts';
import { selectLines } from '#shared/clusters/queries/log-lines.ts';

/** The bytes of an answer with a log, as Lambda counts them. */
const countBytes = (log: string) => countAnswerBytes(JSON.stringify({ log }));

describe('the lines of a log', () => {
  it.each([
    ['letters', 'a'.repeat(99)],
    ['quotes, which are escaped twice', '"'.repeat(99)],
    ['control characters', '\u{1}'.repeat(99)],
    ['characters of three bytes', '語'.repeat(99)],
    ['nothing', ''],
  ])('fill an answer of 6 MB with %s, and never more', (_what, line) => {
    const { text, isCut } = selectLines(`${line}\n`.repeat(line === '' ? 2_000_000 : 60_000), { lines: 10_000_000 });

    expect(isCut).toBe(true);
    expect(countBytes(text)).toBeLessThanOrEqual(5_510_000);
    expect(countBytes(text)).toBeGreaterThan(5_490_000);
  });

  it('are all lines of a log that fits', () => {
    expect(selectLines('one\ntwo\n', { lines: 10 })).toMatchObject({ text: 'one\ntwo\n', isCut: false });
  });
});

describe('what a JobManager knows', () => {
  const cluster = { target: 'local', clusterId: 'etl' };

  it('is a text without indents', () => {
    expect(toFactText({ jobs: [{ id: 1 }] }, 'jobs', cluster)).toBe('{"jobs":[{"id":1}]}');
  });

  it('is refused when its answer is too large with what is escaped, and says where it is', () => {
    const fact = { causes: Array.from({ length: 100 }, () => '"'.repeat(9_000)) };

    expect(JSON.stringify(fact).length).toBeLessThan(2_000_000);
    expect(() => toFactText(fact, 'exceptions', cluster)).toThrow(
      expect.objectContaining({
        code: 'answer-too-large',
        message: expect.stringMatching(
          /^The file exceptions of cluster etl has \d\.\d MB as an answer, more than 6 MB, .* drey ui etl\. .* logs\/local\/etl\//,
        ) as string,
      }),
    );
  });
});
