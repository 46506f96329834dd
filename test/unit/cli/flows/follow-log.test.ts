import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { linesAfter } from '#cli/flows/follow-log.ts';
import { drey } from '#test/unit/cli/drey.ts';
import {
  cluster,
  oneTarget,
  problem,
  type Replies,
  type Reply,
  startLoopbackApi,
} from '#test/unit/cli/loopback-api.ts';

let server: Awaited<ReturnType<typeof startLoopbackApi>>;
beforeAll(async () => {
  server = await startLoopbackApi();
});
afterAll(() => server[Symbol.asyncDispose]());

const live = '/v1/targets/local/clusters/live';
const run = (replies: Replies, words: readonly string[]) => {
  server.answer({ 'GET /v1/targets': oneTarget, ...replies });
  return drey(words, { api: server.url });
};
const logOf = (...lines: readonly string[]) => ({
  body: { log: lines.map((line) => `${line}\n`).join(''), source: 'live', operationId: 'one' },
});
const noLog = problem('not-found', 404, 'cluster live has no JobManager container');

describe('the lines after those that were printed', () => {
  it.each([
    { what: 'nothing was seen', seen: [], tail: ['a', 'b'], behind: ['a', 'b'] },
    { what: 'nothing is new', seen: ['a', 'b'], tail: ['a', 'b'], behind: [] },
    { what: 'the log grew', seen: ['a', 'b'], tail: ['a', 'b', 'c'], behind: ['c'] },
    { what: 'its beginning is out of sight', seen: ['a', 'b', 'c'], tail: ['c', 'd', 'e'], behind: ['d', 'e'] },
    { what: 'more is in sight than was seen', seen: ['b'], tail: ['a', 'b', 'c'], behind: ['c'] },
    { what: 'a line comes again', seen: ['a', 'x'], tail: ['x', 'a', 'x', 'x'], behind: ['x'] },
    { what: 'the two do not meet', seen: ['a', 'b'], tail: ['c', 'd'], behind: undefined },
    { what: 'it is another log', seen: ['a', 'b'], tail: [], behind: undefined },
  ])('are right when $what', ({ seen, tail, behind }) => {
    expect(linesAfter(seen, tail)).toEqual(behind);
  });
});

describe('drey logs -f', () => {
  /** A log at each look, and a cluster that is over at the last of them. */
  const polls = (...logs: readonly Replies[string][]): Replies => {
    let look = 0;
    return {
      [`GET ${live}/logs`]: (request) => {
        const reply = logs[Math.min(look, logs.length - 1)]!;
        if (!request.query.includes('lines=5000')) look += 1;
        return typeof reply === 'function' ? reply(request) : reply;
      },
      [`GET ${live}`]: () => ({ body: cluster(look < logs.length ? {} : { state: 'STOPPED' }) }),
    };
  };

  it('prints each line once, until the cluster is terminal', async () => {
    const ended = await run(polls(logOf('a', 'b'), logOf('a', 'b', 'c'), noLog), ['logs', '-f', 'live', '-n', '2']);

    expect(ended).toMatchObject({ code: 0, stdout: 'a\nb\nc\n' });
    expect(ended.stderr).toBe('Read live.\nThe session cluster live is STOPPED.\n');
    expect(server.received.find(({ path }) => path.endsWith('/logs'))?.query).toBe('?lines=2');
  });

  it('ends when the log has gone with its cluster', async () => {
    const gone = problem('wrong-state', 409, 'Its log was removed with its JobManager.');
    const ended = await run(polls(logOf('a'), gone), ['logs', '-f', 'live']);

    expect(ended).toMatchObject({ code: 0, stdout: 'a\n', stderr: expect.stringContaining('is STOPPED') });
  });

  it('continues after a restart, with the last lines of the ended container', async () => {
    const again: Replies[string] = ({ query }) =>
      query.includes('previous=true') ? logOf('a', 'fatal') : logOf('started');

    const ended = await run(polls(logOf('a'), again, again, noLog), ['logs', '-f', 'live']);

    expect(ended).toMatchObject({ code: 0, stdout: 'a\nfatal\nstarted\n' });
    expect(ended.stderr).toContain('The JobManager restarted.\n');
  });

  it('says of a suspended cluster whose log is printed, that it waits, and what it prints afterwards', async () => {
    const kept = { body: { ...logOf('a', 'b').body, source: 'kept', pod: 'live-1' } };
    const resumed = { body: { ...logOf('c').body, operationId: 'two' } };

    const ended = await run(polls(kept, kept, resumed, resumed, noLog), ['logs', '-f', 'live']);

    expect(ended).toMatchObject({ code: 0, stdout: 'a\nb\nc\n' });
    expect(ended.stderr.split('\n')).toEqual([
      'Kept log of pod live-1 (deploy one).',
      'Waiting for the JobManager of cluster live to start.',
      'Read live.',
      'The session cluster live is STOPPED.',
      '',
    ]);
  });

  it('reports missing lines', async () => {
    const fast: Replies[string] = ({ query }) => (query.includes('previous=true') ? noLog : logOf('x', 'y'));

    const ended = await run(polls(logOf('a'), fast, noLog), ['logs', '-f', 'live']);

    expect(ended).toMatchObject({ code: 0, stdout: 'a\nx\ny\n' });
    expect(ended.stderr).toContain('Some lines are missing here');
  });

  it('waits for a JobManager that has not started', async () => {
    const ended = await run(polls(noLog, logOf('a'), noLog), ['logs', '-f', 'live', '--output', 'json']);

    expect(ended).toMatchObject({ code: 0, stdout: '{"line":"a"}\n' });
    expect(ended.stderr).toContain('Waiting for the JobManager of cluster live to start.');
  });

  it.each([
    [['logs', '-f', 'other'], 'There is no cluster other in target local.'],
    [['logs', '-f', '--previous', 'live'], '--previous and --follow cannot be combined'],
  ])('refuses %j', async (words, message) => {
    const ended = await run({}, words);

    expect(ended.code).toBe(1);
    expect(ended.stdout + ended.stderr).toContain(message);
  });
});

describe('drey events -f', () => {
  const transition = (sequence: number, to: string, clusterId = 'live') => ({
    id: `${clusterId}/${sequence}`,
    target: 'local',
    clusterId,
    sequence,
    principal: 'drey:reconcile',
    labels: {},
    at: '2026-11-23T22:10:16.000Z',
    subject: 'cluster',
    from: null,
    to,
  });
  type Transitions = readonly ReturnType<typeof transition>[];
  const after = (all: Transitions, query: string): Reply => {
    const last = Number(new URLSearchParams(query).get('after'));
    const transitions = all.filter(({ sequence }) => sequence > last);
    return { body: { transitions, last: transitions.at(-1)?.sequence ?? last } };
  };

  it('ends with its cluster', async () => {
    const all = [transition(1, 'RUNNING')];
    let polls = 0;

    const ended = await run(
      {
        [`GET ${live}`]: () => {
          polls += 1;
          if (polls === 2) all.push(transition(2, 'STOPPED'));
          return { body: cluster(polls === 1 ? { sequence: 1 } : { sequence: 2, state: 'STOPPED' }) };
        },
        [`GET ${live}/events`]: ({ query }) => after(all, query),
      },
      ['events', '-f', 'live', '--output', 'yaml'],
    );

    expect(ended.code).toBe(0);
    expect(ended.stdout.match(/^---$/gm)).toHaveLength(2);
    expect(ended.stdout.match(/^to: .*$/gm)).toEqual(['to: RUNNING', 'to: STOPPED']);
  });

  it('prints new transitions of all clusters of the target', async () => {
    const known = { live: [transition(1, 'RUNNING')], fresh: [transition(1, 'REQUESTED', 'fresh')] };
    const stop = new AbortController();
    let lists = 0;
    server.answer({
      'GET /v1/targets': oneTarget,
      'GET /v1/targets/local/clusters': () => {
        lists += 1;
        if (lists === 4) stop.abort();
        if (lists === 3) known.live.push(transition(2, 'STOPPED'));
        const fresh = cluster({ clusterId: 'fresh', sequence: 1 });
        return {
          body: { clusters: [...(lists < 3 ? [cluster({ sequence: 1 })] : []), ...(lists > 1 ? [fresh] : [])] },
        };
      },
      [`GET ${live}/events`]: ({ query }) => after(known.live, query),
      'GET /v1/targets/local/clusters/fresh/events': ({ query }) => after(known.fresh, query),
    });

    const ended = await drey(['events', '-f'], { api: server.url, signal: stop.signal });

    expect(ended).toMatchObject({ code: 130, stderr: 'Following target local.\n' });
    expect(ended.stdout).toMatch(
      /^fresh .* cluster: REQUESTED by drey:reconcile\nlive .* cluster: STOPPED by drey:reconcile\n$/,
    );
  });
});
