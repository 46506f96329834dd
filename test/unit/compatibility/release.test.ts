import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { assertUnreleased, isReleased, listChanged, writeRelease } from './release.ts';

const here = new URL('./', import.meta.url);

it('the fixtures of released versions are those of their releases', () => {
  const released = readdirSync(here)
    .filter((name) => /^\d/.test(name))
    .map((version) => new URL(`${version}/`, here))
    .filter(isReleased);

  expect(released.flatMap(listChanged)).toEqual([]);
});

describe('the fixtures of a version', () => {
  let folder = here;
  beforeEach(() => {
    folder = pathToFileURL(`${mkdtempSync(path.join(tmpdir(), 'drey-fixtures-'))}/`);
    for (const name of ['steps', 'records']) writeFileSync(new URL(`${name}.json`, folder), '{}\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('may be written again before its release', () => {
    expect(() => assertUnreleased(folder)).not.toThrow();
  });

  it('cannot be written again after its release', () => {
    writeRelease(folder);

    expect(() => assertUnreleased(folder)).toThrow(/is released, so its fixtures must not change/);
    expect(() => writeRelease(folder)).toThrow(/is released/);
  });

  it('are compared with those of its release', () => {
    writeRelease(folder);
    const before = listChanged(folder);
    writeFileSync(new URL('steps.json', folder), '{"a":1}\n');
    rmSync(new URL('records.json', folder));
    writeFileSync(new URL('messages.json', folder), '{}\n');

    expect(before).toEqual([]);
    expect(listChanged(folder).toSorted()).toEqual(['messages.json', 'records.json', 'steps.json']);
  });
});
