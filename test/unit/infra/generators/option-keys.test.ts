import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { flinkVersions } from '#events/flink-version.ts';
import { options } from '#shared/flink/option-table.ts';
import { isKnownKey } from '#shared/flink/option-names/keys.ts';

import { joinReleases, type ListedOption, readOptionRows } from '../../../../infra/flink-options/rows.ts';
import { deriveOptionKeys, optionKeysFile } from '../../../../infra/generators/option-keys.ts';

const rows = readOptionRows();
const option = (key: string, more: Partial<ListedOption> = {}): ListedOption => ({
  key,
  type: 'String',
  fallbackKeys: [],
  obsolete: false,
  description: '',
  ...more,
});

describe('the options of Flink', () => {
  it('are those of all versions, each once in a version', () => {
    expect(new Set(rows.flatMap(({ versions }) => versions))).toEqual(new Set(flinkVersions));
    for (const version of flinkVersions) {
      const keys = rows.filter(({ versions }) => versions.includes(version)).map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys.length).toBeGreaterThan(800);
    }
  });

  it('have no deprecated names of maps, because only whole names are replaced', () => {
    expect(rows.filter(({ type, fallbackKeys }) => type === 'Map' && fallbackKeys.length > 0)).toEqual([]);
  });

  it('contain the options of which Drey knows more', () => {
    const keys = Object.keys(options).filter((key) => !/<name>|^containerized\./.test(key));

    expect(keys.filter((key) => !flinkVersions.some((version) => isKnownKey(key, version)))).toEqual([]);
  });

  it('have a description of one sentence, from the newest release', () => {
    const old = option('a', { description: 'Old.' });
    const joined = joinReleases(
      new Map([
        ['2.2', [old]],
        ['2.3', [option('a', { description: 'New. With details.' })]],
      ]),
    );

    expect(joined).toEqual([{ ...option('a', { description: 'New.' }), versions: ['2.2', '2.3'] }]);
  });

  it('have the definition that Flink reads where the code has two', () => {
    const joined = joinReleases(new Map([['2.3', [option('a', { obsolete: true }), option('a', { default: '1' })]]]));

    expect(joined).toMatchObject([{ obsolete: false, default: '1' }]);
  });
});

describe('keys.json', () => {
  it('is the file that `npm run generate` writes', () => {
    const file = new URL('../../../../shared/flink/option-names/keys.json', import.meta.url);

    expect(readFileSync(file, 'utf8')).toBe(optionKeysFile);
  });

  it('gives a key of several options to the one that the others read as well, or to none', () => {
    const shared = [
      option('a', {
        fallbackKeys: [
          ['b', false],
          ['old', true],
        ],
      }),
      option('b', { fallbackKeys: [['old', true]] }),
      option('c', { fallbackKeys: [['ambiguous', true]] }),
      option('d', { fallbackKeys: [['ambiguous', true]] }),
    ];

    const [keys] = deriveOptionKeys(shared.map((row) => ({ ...row, versions: [...flinkVersions] })));

    expect(keys?.deprecated).toEqual({ b: ['old'] });
  });
});
