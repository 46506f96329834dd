import * as fc from 'fast-check';
import { expect } from 'vitest';

/** What became of a case that a parser read: it has the same meaning, or a warning names what changed. */
export type Outcome = 'equal' | 'warned';

/** A case that Drey has rendered for a parser. */
export interface Trial<Request, Answer> {
  readonly request: Request;
  /** Compares what the parser read with what was written. */
  readonly verify: (answer: Answer) => Outcome;
}

/** Drey refused the case, and the refusal names what is wrong. */
export const refused = 'refused';

export type Rendered<Request, Answer> = Trial<Request, Answer> | typeof refused;

interface Property<Given, Request, Answer> {
  readonly cases: fc.Arbitrary<Given>;
  readonly render: (given: Given) => Rendered<Request, Answer> | Promise<Rendered<Request, Answer>>;
  /** Answers many requests at once, in the same order. */
  readonly ask: (requests: readonly Request[]) => Promise<readonly Answer[]>;
  readonly runs?: number;
  /** The part of the cases that the parser must read as they were written. */
  readonly minEqual?: number;
}

/** A number, to try other values. A failure prints the seed with the path of its case. */
const seed = Number(process.env['DREY_TEST_SEED'] ?? 1);

const batchSize = 250;

/**
 * Tries a property on many cases, of which a parser reads a batch at once. A batch that fails is tried again case by case,
 * so that fast-check finds the smallest case.
 */
export const checkAll = async <Given, Request, Answer>({
  cases,
  render,
  ask,
  runs = 10_000,
  minEqual = 0.6,
}: Property<Given, Request, Answer>): Promise<void> => {
  const run = async (batch: readonly Given[]): Promise<readonly Outcome[]> => {
    const rendered: Rendered<Request, Answer>[] = [];
    for (const given of batch) rendered.push(await render(given));
    const trials = rendered.filter((one) => one !== refused);
    const answers = trials.length === 0 ? [] : await ask(trials.map(({ request }) => request));
    expect(answers).toHaveLength(trials.length);
    return answers.flatMap((answer, index) => trials[index]?.verify(answer) ?? []);
  };
  const property = fc.asyncProperty(cases, async (given) => {
    await run([given]);
  });
  const all = fc.sample(property, { seed, numRuns: runs }).map(([given]) => given);
  let equal = 0;
  for (let start = 0; start < runs; start += batchSize) {
    const batch = all.slice(start, start + batchSize);
    const outcomes = await run(batch).catch(async (error: unknown) => {
      for (const index of batch.keys()) await fc.assert(property, { seed, path: String(start + index), numRuns: 1 }); // shrinks the case that fails
      throw error; // Only the whole batch fails.
    });
    equal += outcomes.filter((outcome) => outcome === 'equal').length;
  }
  expect(equal / runs).toBeGreaterThanOrEqual(minEqual);
};
