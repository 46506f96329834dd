import { describe, expect, it } from 'vitest';

import { diffSpecs, formatValue } from '../../../../dashboard/model/specs/spec-diff.ts';

describe('diffSpecs', () => {
  it('names the members that differ by their pointers', () => {
    const from = { config: { 'a/b': '1', same: 'x', gone: '1' }, job: { args: ['a', 'b'] } };
    const to = { config: { 'a/b': '2', same: 'x' }, job: { args: ['b', 'a'] }, image: 'flink:2.2' };
    expect(diffSpecs(from, to)).toEqual([
      { pointer: '/config/a~1b', old: '1', new: '2' },
      { pointer: '/config/gone', old: '1' },
      { pointer: '/image', new: 'flink:2.2' },
      { pointer: '/job/args', old: ['a', 'b'], new: ['b', 'a'] },
    ]);
    expect(diffSpecs(from, structuredClone(from))).toEqual([]);
  });

  it('shows texts as they are, and the rest as JSON', () => {
    expect([formatValue('a'), formatValue(2), formatValue(undefined)]).toEqual(['a', '2', '–']);
  });
});
