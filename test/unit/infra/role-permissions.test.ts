import { afterAll, describe, expect, it } from 'vitest';

import { commandKinds, commands } from '#events/commands/index.ts';
import { listAdapterActions } from '#test/support/reach/adapters.ts';
import { openCode } from '#test/support/reach/code.ts';
import { permissionsOfUse, portPermissions } from '#test/support/reach/port-permissions.ts';
import { listUses, type Use } from '#test/support/reach/uses.ts';

import { type FunctionName, functionNames, functions } from '../../../infra/functions.ts';
import type { Permission, Statement } from '../../../infra/iam/permissions.ts';
import { permissionsOf } from '../../../infra/iam/function-permissions.ts';

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
  const kinds = commandKinds.filter((kind) => commands[kind].function === name);
  return listUses(code.find(file, 'handler'), kinds, code);
};

const callOf = ({ port, method }: Use) => `${port}.${method}`;
const listNeverCalled = (name: FunctionName): readonly string[] =>
  neverCalled.filter(({ by }) => by.includes(name)).map(({ call }) => call);

/** Each action on each resource, as text. */
const toTexts = ({ Action, Resource, Condition }: Statement): readonly string[] =>
  Action.flatMap((action) =>
    Resource.map((resource) => `${action} on ${JSON.stringify(resource)}${JSON.stringify(Condition) ?? ''}`),
  );

/** What calls need, with the way to the call that needs it. */
const neededFor = (uses: readonly Use[]): ReadonlyMap<string, string> =>
  new Map(
    uses.flatMap((use) =>
      permissionsOfUse(use)
        .flat()
        .flatMap(toTexts)
        .map((text) => [text, `${use.chain.join(' > ')} > ${callOf(use)}`] as const),
    ),
  );

describe('the role of a function', () => {
  it.each(functionNames)('%s allows what the calls of ports in its code need, no more and no less', (name) => {
    const ignored = listNeverCalled(name);
    const needed = neededFor(usesOf(name).filter((use) => !ignored.includes(callOf(use))));
    const allowed = new Set(permissionsOf(name).flat().flatMap(toTexts));

    const missing = [...needed].filter(([text]) => !allowed.has(text)).map(([text, way]) => `${text} for ${way}`);
    const surplus = [...allowed].filter((text) => !needed.has(text));
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
  const methods = Object.entries(portPermissions).flatMap(([port, rows]) =>
    Object.keys(rows).map((method) => ({ port, method, call: `${port}.${method}` })),
  );
  const ofAws = methods.filter(({ call }) => call !== 'ports.kubernetes');
  const actionsOf = (permissions: readonly Permission[]) => permissions.flat().flatMap(({ Action }) => Action);

  it.each(ofAws)('$call allow the commands that its adapter sends', ({ port, method, call }) => {
    const allowed = actionsOf(permissionsOfUse({ port, method, argument: ['startup'] }));
    const needed = [...(sent.get(call) ?? [])];

    expect(needed).not.toEqual([]);
    expect(needed.filter((action) => !allowed.includes(action))).toEqual([]);
  });

  it('allow no action that no adapter sends', () => {
    const permissions = new Map<Permission, Set<string>>();
    for (const { port, method, call } of ofAws)
      for (const permission of permissionsOfUse({ port, method, argument: ['startup'] }))
        permissions.set(permission, new Set([...(permissions.get(permission) ?? []), ...(sent.get(call) ?? [])]));

    const surplus = [...permissions].flatMap(([permission, needed]) =>
      actionsOf([permission]).filter((action) => !needed.has(action) && !(action in withoutCommand)),
    );
    expect(surplus).toEqual([]);
  });
});
