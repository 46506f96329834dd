import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of the package. */
export const readVersion = (packageFolder: string): string => {
  // The type holds because npm requires the field of this file.
  const { version }: { version: string } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  return version;
};
