import { createServer } from 'node:http';
import { get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { measureAlone, watchRequests } from '#test/bench/waits.ts';

const toIntervals = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([startMs, endMs]) => ({ startMs, endMs }));

describe('the time of requests alone', () => {
  it.each<readonly [own: [number, number][], others: [number, number][], ms: number]>([
    [[], [[0, 9]], 0],
    [[[1, 4]], [], 3],
    [
      [
        [1, 4],
        [2, 6],
      ],
      [],
      5,
    ],
    [
      [
        [1, 4],
        [6, 8],
      ],
      [[3, 7]],
      3,
    ],
    [
      [[1, 9]],
      [
        [2, 3],
        [2, 5],
      ],
      5,
    ],
    [[[2, 3]], [[1, 9]], 0],
  ])('%j beside %j is %d ms', (own, others, ms) => {
    expect(measureAlone(toIntervals(own), toIntervals(others))).toBe(ms);
  });
});

describe('the requests of a process', () => {
  it('to emulated AWS last until their answers have ended, and are counted once', async () => {
    const server = createServer((_request, response) => {
      response.write('first');
      setTimeout(() => response.end('last'), 20);
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const requests = watchRequests();
    const { port } = server.address() as AddressInfo; // it listens to a port

    await new Promise<void>((resolve, reject) => {
      get({ host: '127.0.0.1', port }, (response) => response.on('end', resolve).resume()).on('error', reject);
    });
    await sleep(1);

    expect(requests.takeAwsMs()).toBeGreaterThan(0);
    expect(requests.takeAwsMs()).toBe(0);
    server.close();
  });
});
