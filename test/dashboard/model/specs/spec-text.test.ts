import { describe, expect, it } from 'vitest';

import { editSpec, findLine, getText, listOptions, readSpec } from '../../../../dashboard/model/specs/spec-text.ts';

const text = `# nightly
mode: application
config:
  # often
  execution.checkpointing.interval: 5s
  taskmanager.numberOfTaskSlots: 4
job:
  jar: local:///a.jar # the program
`;

describe('the text of a spec', () => {
  it('keeps its comments and other members when the form changes a member', () => {
    const edited = editSpec(text, ['job', 'parallelism'], 3);

    expect(edited).toBe(`${text}  parallelism: 3\n`);
  });

  it('loses a mapping with its last member', () => {
    expect(readSpec(editSpec(text, ['job', 'jar'], undefined)).spec).not.toHaveProperty('job');
    expect(editSpec(text, ['labels', 'team'], undefined)).toBe(text);
  });

  it.each([
    ['config:\n', { config: { a: '1' } }],
    ['config: text\n', { config: { a: '1' } }],
    ['labels: &x { b: c }\nconfig: *x\n', { labels: { b: 'c' }, config: { b: 'c', a: '1' } }],
  ])('%j gets an option', (given, expected) => {
    expect(readSpec(editSpec(given, ['config', 'a'], '1')).spec).toEqual(expected);
  });

  it('begins with nothing', () => {
    expect(readSpec('').spec).toEqual({});
    expect(editSpec('', ['labels', 'team'], 'etl')).toBe('labels:\n  team: etl\n');
  });

  it.each([
    ['mode: [', 'at line 1'],
    ['- a', 'The top level must be a mapping'],
    ['a: 1\n---\nb: 2', 'multiple documents'],
    ['mode: session\nconfig: &c\n  x: [*c]\n', 'Alias c stands in the value that it refers to at line 3'],
  ])('%j has a mistake', (bad, mistake) => {
    const { spec, mistakes } = readSpec(bad);

    expect(spec).toBeUndefined();
    expect(mistakes.join()).toContain(mistake);
  });

  it('shows numbers as texts, and nothing for what is no plain value', () => {
    const { spec = {} } = readSpec(text);

    expect(listOptions(spec)).toEqual([
      ['execution.checkpointing.interval', '5s'],
      ['taskmanager.numberOfTaskSlots', '4'],
    ]);
    expect(getText(spec, ['job'])).toBe('');
    expect(getText(spec, ['job', 'jar', 'x'])).toBe('');
  });

  it.each([
    ['/config/taskmanager.numberOfTaskSlots', 6],
    ['/job/parallelism', 8],
    ['/image', undefined],
  ])('has %s on line %s', (pointer, line) => {
    expect(findLine(text, pointer)).toBe(line);
  });
});
