import { describe, expect, it } from 'vitest';

import { type Definition, interpret } from '#test/fakes/state-machine.ts';

const lambda = { Type: 'Task', Resource: '${LambdaInvoke}' };
const payload = (Payload: unknown) => ({ FunctionName: 'f', Payload });
const whole = payload({ 'state.$': '$' });
const named = (name: string) => Object.assign(new Error(`${name} happened`), { name });

/** Runs the states from the first one on. The function echoes its payload unless it is handed in. */
const run = async (
  States: Definition['States'],
  input: unknown = {},
  invoke: (payload: unknown) => unknown = (given) => given,
) => {
  const waits: number[] = [];
  const payloads: unknown[] = [];
  const output = await interpret({ StartAt: Object.keys(States)[0] ?? '', States }, input, {
    wait: (seconds) => void waits.push(seconds),
    invoke: async (given) => {
      payloads.push(given);
      return invoke(given);
    },
  });
  return { output, waits, payloads };
};

/** Fails as often as there are names, then answers. */
const failing = (...names: string[]) => {
  const left = [...names];
  return () => {
    const name = left.shift();
    if (name !== undefined) throw named(name);
    return 'done';
  };
};

describe('a task', () => {
  it('resolves the paths of its parameters in its input', async () => {
    const { payloads } = await run(
      {
        A: {
          ...lambda,
          InputPath: '$.inner',
          Parameters: payload({ step: 'take', 'id.$': '$.id', list: [{ 'same.$': '$' }] }),
          End: true,
        },
      },
      { inner: { id: 7 }, outer: true },
    );

    expect(payloads).toEqual([{ step: 'take', id: 7, list: [{ same: { id: 7 } }] }]);
  });

  it('responds as Lambda does, and replaces its input by default', async () => {
    const { output } = await run({ A: { ...lambda, Parameters: whole, End: true } }, { a: 1 }, () => 'result');

    expect(output).toEqual({ ExecutedVersion: '$LATEST', Payload: 'result', StatusCode: 200 });
  });

  it.each([
    ['a path', '$.at.place', { a: 1, at: { place: expect.objectContaining({ Payload: 'result' }) } }],
    ['null', null, { a: 1 }],
  ])('writes its result to its ResultPath: %s', async (_what, ResultPath, expected) => {
    const { output } = await run(
      { A: { ...lambda, Parameters: whole, ResultPath, End: true } },
      { a: 1 },
      () => 'result',
    );

    expect(output).toEqual(expected);
  });

  it('passes on what OutputPath selects', async () => {
    const { output } = await run({ A: { ...lambda, Parameters: whole, OutputPath: '$.Payload', End: true } }, { a: 1 });

    expect(output).toEqual({ state: { a: 1 } });
  });

  it('passes on JSON', async () => {
    const { output } = await run(
      { A: { ...lambda, Parameters: whole, OutputPath: '$.Payload', End: true } },
      {},
      () => ({
        at: new Date(0),
        left: undefined,
      }),
    );

    expect(output).toStrictEqual({ at: '1970-01-01T00:00:00.000Z' });
  });
});

describe('a failure', () => {
  const retried = (Retry: Definition['States'][string]['Retry']) => ({
    A: { ...lambda, Parameters: whole, OutputPath: '$.Payload', Retry: Retry ?? [], End: true },
  });

  it('is retried after growing delays, up to a maximum', async () => {
    const retry = { ErrorEquals: ['slow'], MaxAttempts: 4, IntervalSeconds: 2, BackoffRate: 3, MaxDelaySeconds: 30 };

    const { output, waits } = await run(retried([retry]), {}, failing('slow', 'slow', 'slow', 'slow'));

    expect(output).toBe('done');
    expect(waits).toEqual([2, 6, 18, 30]);
  });

  it('is retried three times by default', async () => {
    await expect(
      run(retried([{ ErrorEquals: ['States.ALL'] }]), {}, failing('a', 'b', 'c', 'd')),
    ).rejects.toMatchObject({ name: 'd' });
  });

  it('is counted by the first retrier that names it', async () => {
    const retry = [
      { ErrorEquals: ['final'], MaxAttempts: 0 },
      { ErrorEquals: ['slow'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 2 },
    ];

    await expect(run(retried(retry), {}, failing('final'))).rejects.toMatchObject({ name: 'final' });
    await expect(run(retried(retry), {}, failing('slow', 'slow'))).rejects.toMatchObject({ name: 'slow' });
    await expect(run(retried(retry), {}, failing('slow', 'other', 'other'))).resolves.toMatchObject({ output: 'done' });
  });

  it.each([
    [
      'at a path of the input',
      '$.error',
      { a: 1, error: { Error: 'odd', Cause: expect.stringContaining('odd happened') } },
    ],
    ['in place of the input', undefined, { Error: 'odd', Cause: expect.any(String) }],
    ['nowhere', null, { a: 1 }],
  ])('is caught, and written %s', async (_where, ResultPath, expected) => {
    const catcher = { ErrorEquals: ['odd'], Next: 'B', ...(ResultPath === undefined ? {} : { ResultPath }) };

    const { output } = await run(
      { A: { ...lambda, Parameters: whole, Catch: [catcher], End: true }, B: { Type: 'Succeed' } },
      { a: 1 },
      failing('odd'),
    );

    expect(output).toEqual(expected);
  });

  it('fails the execution when nothing catches it', async () => {
    const Catch = [{ ErrorEquals: ['other'], Next: 'A' }];

    await expect(run({ A: { ...lambda, Parameters: whole, Catch, End: true } }, {}, failing('odd'))).rejects.toThrow(
      'odd happened',
    );
  });
});

describe('a choice', () => {
  const choice = (Default?: string): Definition['States'] => ({
    A: {
      Type: 'Choice',
      Choices: [{ Variable: '$.inner.word', StringEquals: 'yes', Next: 'Yes' }],
      ...(Default === undefined ? {} : { Default }),
    },
    Yes: { Type: 'Succeed', OutputPath: '$.inner' },
    No: { Type: 'Succeed', OutputPath: null },
  });

  it('compares its own variable', async () => {
    expect((await run(choice('No'), { word: 'no', inner: { word: 'yes' } })).output).toEqual({ word: 'yes' });
    expect((await run(choice('No'), { word: 'yes', inner: { word: 'no' } })).output).toEqual({});
  });

  it('fails without a default when nothing applies, and without its variable', async () => {
    await expect(run(choice(), { inner: { word: 'no' } })).rejects.toMatchObject({ name: 'States.NoChoiceMatched' });
    await expect(run(choice('No'), { word: 'yes' })).rejects.toMatchObject({ name: 'States.Runtime' });
  });
});

describe('a wait', () => {
  it('lasts its seconds, or those at a path', async () => {
    const { waits } = await run(
      { A: { Type: 'Wait', Seconds: 3, Next: 'B' }, B: { Type: 'Wait', SecondsPath: '$.pause.seconds', End: true } },
      { pause: { seconds: 9 } },
    );

    expect(waits).toEqual([3, 9]);
  });

  it('fails when there are none at the path', async () => {
    const States: Definition['States'] = { A: { Type: 'Wait', SecondsPath: '$.seconds', End: true } };

    await expect(run(States, {})).rejects.toMatchObject({ name: 'States.Runtime' });
    await expect(run(States, { seconds: 'soon' })).rejects.toThrow('a wait takes whole seconds');
  });
});

describe('an unsupported definition', () => {
  const end: Definition['States'][string] = { Type: 'Succeed' };

  it.each<[string, unknown, string]>([
    ['a type of state', { Type: 'Parallel' }, 'unsupported type Parallel'],
    [
      'a field of a state',
      { ...lambda, Parameters: whole, HeartbeatSeconds: 5, End: true },
      'unsupported fields: HeartbeatSeconds',
    ],
    [
      'a comparison',
      { Type: 'Choice', Choices: [{ Variable: '$.a', IsPresent: true, Next: 'A' }] },
      'fields: IsPresent',
    ],
    [
      'a resource',
      { ...lambda, Resource: 'arn:aws:states:::sqs:sendMessage', Parameters: whole, End: true },
      'resource',
    ],
    [
      'a reserved error',
      { ...lambda, Parameters: whole, Retry: [{ ErrorEquals: ['States.Timeout'] }], End: true },
      'errors',
    ],
    ['parameters without a payload', { ...lambda, Parameters: { FunctionName: 'f' }, End: true }, 'Payload'],
    ['a state without an end', { ...lambda, Parameters: whole }, 'needs either Next or End'],
  ])('is rejected for %s, even in a state that is not reached', async (_what, state, message) => {
    await expect(run({ A: end, B: state as Definition['States'][string] })).rejects.toThrow(message);
  });

  it.each(['$$.Execution.Id', '$.list[0]', 'States.UUID()'])('is rejected for the path %s', async (path) => {
    await expect(run({ A: { ...lambda, Parameters: payload({ 'a.$': path }), End: true } })).rejects.toThrow(
      `the path ${path} is not supported`,
    );
  });

  it('is rejected for a field of the state machine', async () => {
    const definition = { StartAt: 'A', QueryLanguage: 'JSONata', States: { A: end } };

    await expect(interpret(definition, {}, { wait: () => {}, invoke: async () => null })).rejects.toThrow(
      'QueryLanguage',
    );
  });
});
