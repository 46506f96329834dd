import { describe, expect, it } from 'vitest';

import { useLocalTarget } from '#test/unit/cli/setup.ts';

const { server, run } = useLocalTarget();
const bodyOf = (route: string) => server.received.findLast(({ method, path }) => `${method} ${path}` === route)?.json;
const time = '2026-11-24T12:00:00.000Z';

describe('drey spec', () => {
  const path = '/v1/targets/local/specs';
  const spec = { name: 'office', target: 'local', updatedAt: time, deploy: { mode: 'session', clusterId: 'office' } };

  it('stores, shows, lists and removes', async () => {
    const put = await run(
      { [`PUT ${path}/office`]: { body: spec } },
      ['spec', 'put', 'office', '-'],
      'mode: session\n',
    );
    expect(put.stdout).toContain('Spec office stored.');
    expect(bodyOf(`PUT ${path}/office`)).toEqual({ mode: 'session' });
    const got = await run({ [`GET ${path}/office`]: { body: spec } }, ['spec', 'get', 'office']);
    expect(got.stdout).toBe('mode: session\nclusterId: office\n');
    const list = await run({ [`GET ${path}`]: { body: { specs: [spec] } } }, ['spec', 'list']);
    expect(list.stdout).toMatch(/office +24\.11\.2026/);
    const removed = await run({ [`DELETE ${path}/office`]: { body: { name: 'office' } } }, [
      'spec',
      'delete',
      'office',
    ]);
    expect(removed.stdout).toBe('Spec office deleted.\n');
  });
});
