import { describe, expect, it } from 'vitest';

import { Fault, toProblem } from '#events/problems/problem.ts';
import {
  isSecretOption,
  isSensitive,
  listMasks,
  mask,
  maskBeginning,
  maskEnd,
  maskText,
  maskValue,
} from '#events/secrets.ts';
import { maxGrowth, measureGrowth } from '#test/support/growth.ts';

describe('a text without secrets', () => {
  it.each([
    ['https://flink:hunter2@example.com/job.jar is unknown', 'https://…@example.com/job.jar is unknown'],
    ['https://hunter2@example.com/job.jar', 'https://…@example.com/job.jar'],
    ['hdfs://flink:hun/ter2@name-node/path', 'hdfs://…@name-node/path'],
    ['abfss://data:hunter2@account.dfs.core.windows.net/x', 'abfss://…@account.dfs.core.windows.net/x'],
    ['s3://b/job.jar?X-Amz-Signature=hunter2&X-Amz-Date=1', 's3://b/job.jar?…'],
    ["'jdbc:mysql://db/shop?user=shop&password=hunter2'", "'jdbc:mysql://db/shop?…'"],
    ['jdbc:sqlserver://db;user=shop;password=hunter2;x=1', `jdbc:sqlserver://db;user=shop;password=${mask};x=1`],
    ["WITH ('password' = 'hun''ter2', 'url' = 'x')", `WITH ('password' = ${mask}, 'url' = 'x')`],
    ['{"db.password": "hunter2", "a": 1}', `{"db.password": ${mask}, "a": 1}`],
    ['-Dflink.secret=hunter2 -Dx=1', `-Dflink.secret=${mask} -Dx=1`],
    ['LoginModule required username="a" password="hunter2";', `LoginModule required username="a" password=${mask};`],
  ])('hides what the form of %s tells', (text, masked) => {
    expect(maskText(text)).toBe(masked);
    expect(listMasks({ config: [text] })).toEqual([]);
    expect(listMasks({ config: [masked] })).toEqual([['config', '0']]);
  });

  it.each([
    's3://bucket/path/savepoint-1',
    'abfss://container@account.dfs.core.windows.net/savepoints',
    'https://registry.example.com:5000/flink@sha256:0123',
    'write kubernetes.env.secretKeyRef=env:PASSWORD,secret:db,key:password',
    's3.secret-key: must not be blank',
    'The member taskToken is unknown.',
    '/****** daily ******/ SELECT 1; -- ******',
  ])('leaves %s as it is', (text) => {
    expect(maskText(text)).toBe(text);
    expect(listMasks(text)).toEqual([]);
  });

  it.each(['a', 'a://', 'a://:', 'a://?', '@', '?', 'a.b-', `'a' : `, `"a":"`, 'a://b:', ' = ', '\\'])(
    'is masked in time that grows with its length: many %j',
    async (part) => {
      expect(await measureGrowth((length) => maskText(part.repeat(length)), 5_000)).toBeLessThan(maxGrowth);
      expect(await measureGrowth((length) => listMasks(part.repeat(length)), 5_000)).toBeLessThan(maxGrowth);
    },
  );
});

describe('a part of a long text', () => {
  const long = ' x'.repeat(100_000);

  it('ends with an ellipsis, and has no surrogate of half a character', () => {
    expect(maskBeginning('abc', 3)).toBe('abc');
    expect(maskBeginning('abcd', 3)).toBe('abc…');
    expect(maskBeginning(`ab😀${long}`, 3)).toBe('ab\ufffd…');
    expect(maskEnd(`${long}abc`, 3)).toBe('abc');
  });

  it.each(['https://u:hunter2@h', 'https://h/?hunter2', "password='hunt hunter2'"])(
    'has no part of a secret, wherever the text is cut: %s',
    (secret) => {
      for (let length = 40_080; length < 40_130; length += 1) {
        // Its mask is so short that the end of the part is shown.
        const query = `https://h/?${'q'.repeat(length - 20)}`;
        expect(maskBeginning(`${query} ${secret}${long}`, 100)).not.toContain('hunt');
        expect(maskEnd(`${long}${secret} ${query}`, 100)).not.toContain('hunt');
      }
    },
  );

  it('is made in a time that does not depend on the length of the text', async () => {
    const longest = 'a://:'.repeat(1_600_000);
    const cut = (length: number) => {
      const text = longest.slice(0, length);
      for (let count = 0; count < 100; count += 1) maskBeginning(text, 1_000);
    };

    // A time that grows with the length would be a factor of 16.
    expect(await measureGrowth(cut, 500_000)).toBeLessThan(8);
  });
});

describe('an option', () => {
  it.each([
    's3.secret-key',
    'containerized.master.env.DB_PASSWORD',
    'fs.azure.account.key.x',
    'user.artifacts.http-headers',
  ])('is sensitive by the list of Flink: %s', (key) => {
    expect(isSensitive(key)).toBe(true);
    expect(maskValue(key, 'hunter2')).toBe(mask);
  });

  it.each(['kubernetes.secrets', 'kubernetes.env.secretKeyRef', 'security.delegation.tokens.enabled'])(
    'is no secret, although its name has such a word: %s',
    (key) => {
      expect(isSecretOption(key)).toBe(false);
    },
  );
});

describe('a failure', () => {
  it('has no secret of a text that it repeats', () => {
    const detail = 'https://flink:hunter2@example.com/ does not answer';
    const fault = new Fault('jar-refused', detail, { errors: [{ pointer: '/env/PASSWORD=hunter2', detail }] });

    expect(JSON.stringify([toProblem(fault), fault.message])).not.toContain('hunter2');
  });
});
