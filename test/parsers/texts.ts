import * as fc from 'fast-check';

/** Texts that a reader of YAML, a shell, Kubernetes or Flink may take for something else. */
const nastyTexts = [
  ['', ' ', 'a ', ' a', '\t', '\n', 'a\nb', '\na', 'a\n', 'a\n\n', ' a\n b', 'a\r\nb', 'a\r', '\n#'],
  ['---', '...', "'", '"', "it's", 'say "x"', "'a'", '"a"', '\\', 'a\\', '\\n', '`a`', ';', 'a;b'],
  [',', 'a,b', ':', 'a:', ':a', 'a:b', 'a: b', '- a', '-', '? a', '#', 'a#b', 'a #b', '|', '>'],
  ['|\n a', '[', '[a', '[a]', '{', '{a}', '{a: b}', '&a', '*a', '!a', '!!str a', '%a', '@a', '='],
  ['<<', '$', '$$', '$(X)', '$$(X)', '$$$(X)', '$(X', '$x', '${x}', '$(A)$$', 'yes', 'no', 'on'],
  ['off', 'y', 'n', 'NO', 'true', 'True', 'null', '~', 'NULL', '1', '01', '014', '0o14', '0x1f'],
  ['0b1', '1_000', '1:20', '2001-01-01', '2001-01-01T00:00:00Z', '7e10', '72225e2', '1.20', '1.'],
  ['.5', '+1', '-0', '1e400', '.inf', '-.INF', '.nan', '12345678901234567890', 'größe 測試', '🐿'],
  ['é', 'e\u0301', '\u00a0', '\u0085', '\u2028', '\u2029', '\ufeff', '\ufeffa', '\u200b', '\u0001'],
  ['\u001b[0m', '\u007f', '\u0080', '\ufffe', '\uffff', '\u{10ffff}', '--', '-D', '-Dx=y', '--x=y'],
  ['https://a/b?c=d&e=f#g', 'SELECT "a"; -- b\nFROM c', 'x'.repeat(3_000)],
].flat();

const nastyText = fc.constantFrom(...nastyTexts);

/** Any text that a request may contain. */
export const text: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: nastyText },
  { weight: 3, arbitrary: fc.array(nastyText, { minLength: 2, maxLength: 3 }).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 20 }) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => !value.includes('\0')),
  },
  { weight: 2, arbitrary: fc.stringMatching(/^[-+.:_0-9a-fxoeynN~]{0,12}$/) },
);

/** Options that Drey does not know, with any values. */
export const options = fc.dictionary(fc.stringMatching(/^my(\.[a-z*/$_-]{1,4}){1,3}$/), text, {
  maxKeys: 4,
  noNullPrototype: true,
});
