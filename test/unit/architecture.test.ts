import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const bundled = ['functions', 'shared', 'events'].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`),
);

describe('the table of actions', () => {
  it('loads none of them: `drey --help` would wait for all', () => {
    expect(readFileSync(new URL('cli/commander/actions.ts', root), 'utf8')).not.toMatch(/^import (?!type)/m);
  });
});

describe('what is bundled into functions', () => {
  it.each(bundled)('%s takes zod as a namespace: its named z brings every locale along', (path) => {
    expect(readFileSync(new URL(path, root), 'utf8')).not.toMatch(/import \{[^}]*\bz\b[^}]*\} from 'zod'/);
  });

  it.each(bundled)('%s takes only types from the Kubernetes client, which is 1.3 MB', (path) => {
    expect(readFileSync(new URL(path, root), 'utf8')).not.toMatch(
      /import (?!type)[^;]*from '@kubernetes\/client-node'/,
    );
  });

  it.each(bundled.filter((path) => path !== 'shared/live.ts'))('%s does not read the environment', (path) => {
    expect(readFileSync(new URL(path, root), 'utf8')).not.toMatch(/process\.env/);
  });
});
