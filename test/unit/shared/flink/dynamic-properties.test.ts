import { expect, it } from 'vitest';

import { parseDynamicProperties } from '#shared/flink/dynamic-properties.ts';

it.each([
  ['-Da.b=c', { 'a.b': 'c' }],
  ['-D a.b=c  --x -Dd=e=f', { 'a.b': 'c', d: 'e=f' }],
  ["-D'a.b=c d'", { 'a.b': 'c d' }],
  ['"-Da.b"=\\$c', { 'a.b': '$c' }],
  ['-Da', { a: 'true' }],
  ['', {}],
])('the arguments %s set options', (text, config) => {
  expect(parseDynamicProperties(text)).toEqual({ config, isUnreadable: false });
});

it.each(['$(id)', '-Da=`id`', 'a; b', 'a | b', 'a > b', '"$HOME"', '-Da=*', 'a\nb', "'a", '~root'])(
  'the arguments %s are not readable, because a shell changes them',
  (text) => {
    expect(parseDynamicProperties(text).isUnreadable).toBe(true);
  },
);
