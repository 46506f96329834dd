import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { describePointer } from '#cli/api/cli-words.ts';
import { actions } from '#cli/commander/actions.ts';
import { dreyOptionRows, findOptionByPointer } from '#cli/options/drey-options.ts';
import { parseRequestFields } from '#cli/options/request-fields.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { drey } from '#test/unit/cli/drey.ts';

import { insertOptions } from '../../../../infra/generators/drey-options.ts';

const valueAt = (fields: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], fields);

const withRequired = (name: string, example: string, requires: string | undefined) =>
  new Map([...(requires === undefined ? [] : [[requires, 'x'] as const]), [name, example] as const]);

describe('the options of Drey', () => {
  it.each(dreyOptionRows)('%s accepts its example and sets its field', (name, { example, parts, field, requires }) => {
    const fields = parseRequestFields(withRequired(name, example, requires));

    for (const part of parts) expect(valueAt(fields[part], field ?? '')).toBeDefined();
  });

  it.each(dreyOptionRows.filter(([, { field }]) => field !== undefined))(
    '%s names the field in the errors of the API',
    (name, { field = '', parts }) => {
      const pointer = `${parts.includes('restore') ? '/restore' : ''}/${field.replaceAll('.', '/')}`;

      expect(findOptionByPointer(pointer)).toBe(name);
      expect(describePointer(pointer)).toBe(`-D${name}`);
      expect(describePointer(`/job${pointer}`)).toBe(`-D${name}`);
    },
  );

  it.each(dreyOptionRows.flatMap(([name, { actions: names }]) => names.map((action) => [name, action] as const)))(
    '%s is in the help of %s',
    async (name, action) => {
      expect(actions.some((one) => one.name === action)).toBe(true);
      expect((await drey([action, '--help'], { api: undefined })).stdout).toContain(`-D${name}=<`);
    },
  );

  it('are completed with their values', async () => {
    const { stdout } = await drey(['completion', '--line', 'drey run -Ddrey.on-failure='], { api: undefined });

    expect(stdout.trim().split('\n')).toEqual(['', 'remove', 'keep'].map((value) => `-Ddrey.on-failure=${value}`));
  });

  it('sets no field without options', () => {
    expect(parseRequestFields(new Map([['a.b', 'c']]))).toEqual({ deploy: {}, submit: {}, restore: {}, stop: {} });
  });

  it('nests fields of one member', () => {
    const properties = new Map([
      ['drey.lifetime.ttl', '8h'],
      ['drey.lifetime.ha', 'purge'],
    ]);

    expect(parseRequestFields(properties).deploy).toEqual({ lifetime: { ttl: '8h', ha: 'purge' } });
  });

  it('refuses an option that does not exist, and names the nearest one', () => {
    expect(() => parseRequestFields(new Map([['drey.priorty', '1']]))).toThrow(
      new UsageError(
        'Unknown option -Ddrey.priorty. Did you mean -Ddrey.priority? `drey run --help` lists the options -Ddrey.….',
      ),
    );
    expect(() => parseRequestFields(new Map([['drey.nonsense', '1']]))).toThrow(
      /^Unknown option -Ddrey.nonsense. `drey run --help` lists/,
    );
  });

  it('are the table in docs/cli.md: npm run generate', () => {
    const page = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');

    expect(page).toBe(insertOptions(page));
  });
});
