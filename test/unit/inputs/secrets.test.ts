import { describe, expect, it } from 'vitest';

import { origins, sendHttp } from '#test/fakes/origins.ts';
import { clusterId, getLastOperation, setPolicy, world } from '#test/unit/shared/clusters/fixture.ts';

describe.each(origins)('a value that a SQL script and the command set, from %s', (_origin, send) => {
  const deploy = (key: string) => {
    const script = `SET '${key}' = 'hunter2'; INSERT INTO a SELECT 1`;
    const data = { mode: 'application', config: { [key]: 'hunter1' }, job: { sql: { script } } };
    return send('deploy', { clusterId, data }, world);
  };

  it('is not in the problem, because it may be a secret', async () => {
    const sent = await deploy('s3.secret-key');

    expect(sent).toMatchObject({ code: 'refused-option', pointers: ['/config/s3.secret-key'] });
    expect(JSON.stringify(sent)).not.toContain('hunter');
  });

  it('is not in the warning of the operation', async () => {
    setPolicy({ denied: [], plainSecrets: true });

    await deploy('flink.hadoop.fs.s3a.secret.key');

    expect(getLastOperation()?.warnings).toEqual([expect.stringContaining('flink.hadoop.fs.s3a.secret.key')]);
    expect(JSON.stringify(getLastOperation()?.warnings)).not.toContain('hunter');
  });
});

describe('a SET with a name that every object of JavaScript has', () => {
  it.each(['constructor', '__proto__'])('causes no warning: %s', async (key) => {
    const script = `SET '${key}' = 'x'; INSERT INTO a SELECT 1`;
    await sendHttp('deploy', { clusterId, data: { mode: 'application', config: {}, job: { sql: { script } } } }, world);

    expect(getLastOperation()).toMatchObject({ kind: 'deploy' });
    expect(getLastOperation()).not.toHaveProperty('warnings');
  });
});
