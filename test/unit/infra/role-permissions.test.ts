import { afterAll, describe, expect, it } from 'vitest';

import { commandKinds, commands } from '#events/commands/index.ts';
import { type PortUse, portUses } from '#shared/live/port-uses.ts';
import { listAdapterActions } from '#test/support/reach/adapters.ts';
import { openCode } from '#test/support/reach/code.ts';
import { awsMethods, toPortUses } from '#test/support/reach/port-uses.ts';
import { listUses, type Use } from '#test/support/reach/uses.ts';

import { type FunctionName, functionNames, functions } from '../../../infra/functions.ts';
import { permissionsOfUses } from '../../../infra/iam/function-permissions.ts';
import type { Permission } from '../../../infra/iam/permissions.ts';

interface NeverCalled {
  readonly call: string;
  readonly by: readonly FunctionName[];
  readonly reason: string;
}

/** Calls that the search finds, because it ignores conditions, and that do not happen. */
const neverCalled: readonly NeverCalled[] = [
  {
    call: 'callbacks.complete',
    by: ['cancel', 'stop', 'extend', 'savepoints', 'reconcile', 'timerEvents', 'startup'],
    reason: 'Only callers send task tokens, with deploys, submits and batches. A spec has none.',
  },
];

const code = openCode();
afterAll(() => code[Symbol.dispose]());

const usesOf = (name: FunctionName): readonly Use[] => {
  const file = functions[name].handler.replace(/\.handler$/, '.ts');
  return listUses(code.find(file, 'handler'), code);
};

const callOf = ({ port, method }: Omit<Use, 'chain'>) => `${port}.${method}`;
const listNeverCalled = (name: FunctionName): readonly string[] =>
  neverCalled.filter(({ by }) => by.includes(name)).map(({ call }) => call);

/** The uses of ports in the code, each with the way to the call. */
const reachedIn = (name: FunctionName): ReadonlyMap<PortUse, string> => {
  const ignored = listNeverCalled(name);
  const uses = usesOf(name).filter((use) => !ignored.includes(callOf(use)));
  return new Map(
    uses.flatMap((use) =>
      toPortUses(use).map((portUse) => [portUse, `${use.chain.join(' > ')} > ${callOf(use)}`] as const),
    ),
  );
};

describe('the ports of a function', () => {
  it.each(functionNames)('%s are those that its code reaches, no more and no fewer', (name) => {
    const reached = reachedIn(name);
    const declared: readonly PortUse[] = portUses[name];

    const missing = [...reached].filter(([use]) => !declared.includes(use)).map(([use, way]) => `${use} for ${way}`);
    const surplus = declared.filter((use) => !reached.has(use));
    expect({ missing, surplus }).toEqual({ missing: [], surplus: [] });
  });

  it.each(neverCalled.flatMap(({ call, by }) => by.map((name) => ({ call, name }))))(
    '$name lacks $call although its code refers to it',
    ({ call, name }) => {
      expect(usesOf(name).map(callOf)).toContain(call);
    },
  );

  it.each(commandKinds)('of the command %s completes tasks only if the command has a task token', (kind) => {
    const { data, function: name } = commands[kind];

    expect(listNeverCalled(name).includes('callbacks.complete')).toBe(!('taskToken' in data.shape));
  });
});

/** Actions without a command of the AWS SDK. */
const withoutCommand: Readonly<Record<string, string>> = {
  's3:ListBucket': 'S3 answers 403 in place of 404 for a missing object if the caller may not list the bucket.',
  'iam:PassRole': 'EventBridge Scheduler assumes the role that a schedule names.',
};

describe('the permissions of a method of a port', () => {
  const sent = listAdapterActions(code);
  const methods = awsMethods.map((call) => ({
    call: callOf({ ...call, argument: undefined }),
    permissions: permissionsOfUses(toPortUses({ ...call, argument: ['startup'] })),
  }));
  const actionsOf = (permissions: readonly Permission[]) => permissions.flat().flatMap(({ Action }) => Action);

  it.each(methods)('$call allow the requests that its adapter sends', ({ call, permissions }) => {
    const allowed = actionsOf(permissions);
    const needed = [...(sent.get(call) ?? [])];

    expect(needed).not.toEqual([]);
    expect(needed.filter((action) => !allowed.includes(action))).toEqual([]);
  });

  it('allow no action that no adapter sends', () => {
    const needed = new Map<Permission, Set<string>>();
    for (const { call, permissions } of methods)
      for (const permission of permissions)
        needed.set(permission, new Set([...(needed.get(permission) ?? []), ...(sent.get(call) ?? [])]));

    const surplus = [...needed].flatMap(([permission, actions]) =>
      actionsOf([permission]).filter((action) => !actions.has(action) && !(action in withoutCommand)),
    );
    expect(surplus).toEqual([]);
  });
});
