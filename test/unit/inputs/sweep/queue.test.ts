import { beforeAll, describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';
import { toPointer } from '#events/problems/problem.ts';
import { jarBytes } from '#test/fakes/jars.ts';
import { sendHttp, sendMessage } from '#test/fakes/origins.ts';
import { makeWorld, runQueues } from '#test/fakes/world.ts';

import { listMembers, setMember, wrongValues } from './members.ts';

const jar = 's3://bucket/uploads/local/1/job.jar';
const application = { mode: 'application', job: { jar: 'local:///a.jar' } };

/** Data that the command accepts, so that one mistake is the only one. */
const rows = [
  ['deploy', application],
  ['submit', { jar }],
  ['batch', { name: 'days', template: application, parameters: [{ day: '1' }] }],
  ['stop', {}],
  ['extend', { ttl: '1h' }],
] as const;

const world = makeWorld();

beforeAll(async () => {
  world.jars.stored.set(jar, jarBytes);
  await sendHttp('deploy', { clusterId: 'etl', data: { mode: 'session' } }, world);
  await world.workflows.runAll(world.ports);
  await runQueues(world);
});

describe.each(rows)('a mistake in the data of %s', (kind, valid) => {
  it('is told through the queue in the words of HTTP', { timeout: 60_000 }, async () => {
    const at = kind === 'deploy' || kind === 'batch' ? {} : { clusterId: 'etl' };
    const differences: unknown[] = [];
    let refusals = 0;
    for (const path of listMembers(commands[kind].data)) {
      for (const [name, value] of wrongValues) {
        const sent = { ...at, data: setMember(valid, path, value) as Readonly<Record<string, unknown>> };
        const overHttp = await sendHttp(kind, sent, world);
        // A cluster that an earlier value has deployed is no mistake in the data.
        if (overHttp.pointers.length === 0 || overHttp.code === 'id-taken') continue;
        refusals += 1;
        const overQueue = await sendMessage(kind, sent, world);
        if (JSON.stringify(overQueue) !== JSON.stringify(overHttp))
          differences.push([toPointer(path.map(String)), name, overHttp, overQueue]);
      }
    }

    expect(differences).toEqual([]);
    expect(refusals).toBeGreaterThan(10);
  });
});
