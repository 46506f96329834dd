import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { assertStorable, cutToBytes, itemBytes, maxRecordBytes } from '#shared/clusters/model/records/size.ts';
import { shortenDetails } from '#shared/clusters/schedules/runs.ts';
import { countBytes, maxItemBytes } from '#test/fakes/item-size.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 2_000 });
const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }).filter((word) => word !== '__proto__');
const { value: json } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 50 }),
    fc.dictionary(name, tie('value'), { maxKeys: 50 }),
  ),
}));
const record = fc.dictionary(name, json, { minKeys: 1, maxKeys: 200 });

const catchFault = (value: object, path: readonly string[] = []) => {
  try {
    assertStorable({ record: value, path });
    return undefined;
  } catch (error) {
    return error as { code: string; message: string; errors: { pointer: string }[] };
  }
};

describe('the size of a record', () => {
  it('is never less than what DynamoDB counts, and only more for numbers', () => {
    fc.assert(
      fc.property(record, (value) => {
        const withoutNumbers = JSON.parse(JSON.stringify(value, (_name, one) => (typeof one === 'number' ? '' : one)));

        expect(itemBytes(value)).toBeGreaterThanOrEqual(countBytes(value));
        expect(itemBytes(withoutNumbers)).toBe(countBytes(withoutNumbers));
      }),
    );
  });

  it.each([
    [maxRecordBytes, undefined],
    [maxRecordBytes + 1, 'malformed-request'],
  ])('of %i bytes: %s', (bytes, code) => {
    const filled = { text: 'é'.repeat(10) };
    const value = { text: filled.text.padEnd(bytes - itemBytes(filled) + filled.text.length, 'x') };

    expect(itemBytes(value)).toBe(bytes);
    expect(catchFault(value)?.code).toBe(code);
  });

  it('leaves room for what is added to a record', () => {
    expect(maxItemBytes - maxRecordBytes).toBeGreaterThanOrEqual(50_000);
  });
});

describe('the record of a schedule run', () => {
  it('holds the results of a thousand commands that failed with long details', () => {
    const [clusterId, id] = ['c'.repeat(45), '0'.repeat(32)];
    const failed = {
      clusterId,
      clusterOperationId: id,
      operationId: id,
      code: 'version-mismatch',
      detail: 'é'.repeat(2_000),
    };
    const results = shortenDetails(Array.from({ length: 1_000 }, () => failed));

    expect(itemBytes({ results })).toBeLessThan(maxRecordBytes);
    expect(results[0]?.detail).toMatch(/^é{70}/);
    expect(shortenDetails([failed])).toEqual([failed]);
  });
});

describe('the fault of a record that is too large', () => {
  const big = 'x'.repeat(360_000);

  it.each([
    [{ request: { data: { config: { 'a/b': big } } } }, '/config/a~1b'],
    [
      {
        request: {
          data: {
            config: Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`k${index}`, 'x'.repeat(1_000)])),
          },
        },
      },
      '/config',
    ],
    [{ request: { data: { args: ['a', big] } } }, '/args/1'],
    // `a` has more than half of the config, and less than half of the record.
    [
      {
        request: { data: { args: ['x'.repeat(150_000)], config: { a: 'x'.repeat(150_000), b: 'x'.repeat(100_000) } } },
      },
      '/config',
    ],
    [{ restoredJobs: [big] }, '/restore/0'],
  ])('names the field of the request', (value, pointer) => {
    expect(catchFault(value, ['request', 'data'])?.errors).toMatchObject([{ pointer }]);
  });

  it('says both sizes', () => {
    const fault = catchFault({ request: { data: { config: { a: big } } } }, ['request', 'data']);

    expect(fault?.message).toMatch(
      /^\/config\/a: has 360,001 bytes, and the request has 360,\d+\. A record holds at most 350,000 bytes\./,
    );
  });
});

describe('a text that is cut', () => {
  it('has at most so many bytes, and no half character', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 300 }), (long, maxBytes) => {
        const cut = cutToBytes(long, maxBytes);

        expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(maxBytes);
        expect(long.startsWith(cut)).toBe(true);
      }),
    );
  });
});
