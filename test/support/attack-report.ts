import type { Reporter, TestCase, TestModule } from 'vitest/node';

import { renderTable } from '#cli/output/table.ts';

/** Prints how many attacks of each kind were refused. A kind is the outermost `describe` of a file in test/security. */
export const attackReport: Reporter = {
  async onTestRunEnd(modules) {
    const attacks = modules.filter(({ project }) => project.name === 'security').flatMap(listTests);
    if (attacks.length === 0) return;
    const rows = [...Map.groupBy(attacks, kindOf)].map(([kind, tests]) => toRow(kind, tests));
    const heads = ['kind of attack', 'attacks', 'refused', 'succeeded', 'not run'];
    process.stdout.write(`\n${await renderTable(heads, [...rows, toRow('all', attacks)])}\n`);
  },
};

const listTests = (module: TestModule): readonly TestCase[] => [...module.children.allTests()];

const kindOf = (test: TestCase): string => test.fullName.split(' > ', 1)[0] ?? '';

const toRow = (kind: string, tests: readonly TestCase[]): readonly string[] => {
  const count = (state: string) => String(tests.filter((test) => test.result().state === state).length);
  return [kind, String(tests.length), count('passed'), count('failed'), count('skipped')];
};
