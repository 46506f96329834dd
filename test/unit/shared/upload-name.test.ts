import { expect, it } from 'vitest';

import { toUploadName } from '#shared/upload-name.ts';

it.each([
  ['Top Speed (1).jar', 'Top_Speed__1_.jar'],
  ['Größe.JAR', 'Gr__e.jar'],
  ['.jar', '_.jar'],
  ['download', 'download.jar'],
  [`${'x'.repeat(300)}.jar`, `${'x'.repeat(196)}.jar`],
])('a jar with the name %s is uploaded as %s', (fileName, expected) => {
  expect(toUploadName(fileName)).toBe(expected);
});
