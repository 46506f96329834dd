import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { readOptionRows } from '../../../../infra/flink-options/rows.ts';
import { deriveOptionValues, optionValuesFile } from '../../../../infra/generators/option-values.ts';

describe('the values of the options of Flink', () => {
  it('are in the file that `npm run generate` writes', () => {
    expect(readFileSync('cli/options/flink-values.json', 'utf8')).toBe(optionValuesFile);
  });

  it('are those of all versions', () => {
    expect(deriveOptionValues(readOptionRows()).enums).toMatchObject({
      'execution.checkpointing.mode': ['EXACTLY_ONCE', 'AT_LEAST_ONCE'],
      'taskmanager.load-balance.mode': ['NONE', 'SLOTS', 'MIN_RESOURCES', 'TASKS'],
    });
  });

  it('belong to deprecated names too, and not to options of other systems or of Flink itself', () => {
    const { booleans, enums } = deriveOptionValues(readOptionRows());

    expect(booleans).toEqual(
      expect.arrayContaining(['execution.attached', 'execution.checkpointing.unaligned.enabled']),
    );
    expect(booleans).toContain('execution.checkpointing.unaligned');
    expect([...booleans, ...Object.keys(enums)].filter((key) => /^(yarn|internal|\$internal)\.|</.test(key))).toEqual(
      [],
    );
  });
});
