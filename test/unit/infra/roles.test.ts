import { isDeepStrictEqual } from 'node:util';

import { describe, expect, it } from 'vitest';

import { commands } from '#events/commands/index.ts';

import { functionNames, functions, roleOf, toPascalCase } from '../../../infra/functions.ts';
import { kubernetesRoleArn, type Statement } from '../../../infra/iam/permissions.ts';
import { rolesOf, senderRoleIds } from '../../../infra/iam/roles.ts';
import { workflowNames } from '../../../infra/state-machines/definitions.ts';

const roles = rolesOf({});
const statementsOf = (role: string): readonly Statement[] =>
  roles[role]?.Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement) ?? [];
const statements = Object.keys(roles).flatMap((name) =>
  statementsOf(name).map((statement) => [name, statement] as const),
);
/** Each action with each resource, as text. */
const permissionsOf = (role: string) =>
  statementsOf(role).flatMap(({ Action, Resource }) =>
    Action.flatMap((action) => Resource.map((resource) => `${action} ${JSON.stringify(resource)}`)),
  );
const resourcesOf = (role: string, action: string) =>
  statementsOf(role).flatMap(({ Action, Resource }) => (Action.includes(action) ? Resource : []));

const withWorkflow = Object.values(commands).filter((command) => 'workflow' in command);

describe('the roles', () => {
  it('are one for each function and state machine, one for timers, and the one that clusters know', () => {
    const expected = [
      ...functionNames.map(roleOf),
      ...workflowNames.map((name) => `${toPascalCase(name)}MachineRole`),
      'SchedulerRole',
      'KubernetesRole',
    ];

    expect(Object.keys(roles).toSorted()).toEqual(expected.toSorted());
    for (const name of functionNames) expect(functions[name].role).toBe(roleOf(name));
  });

  it.each(statements)('%s allows no wildcard action', (_name, { Action }) => {
    expect(Action.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('allow nothing on every resource but actions that know no resource', () => {
    const onEverything = statements.filter(([, { Resource }]) => Resource.includes('*'));

    expect(new Set(onEverything.flatMap(([, { Action }]) => Action))).toEqual(
      new Set(['states:SendTaskSuccess', 'states:SendTaskFailure', 'dynamodb:ListStreams']),
    );
    // The functions that accept commands with task tokens, and the function that reads the stream and publishes verdicts.
    expect(onEverything.map(([name]) => name).toSorted()).toEqual(
      ['Deploy', 'Submit', 'Batch', 'Rollouts', 'Rollout', 'CommandQueue', 'Publish']
        .map((name) => `${name}Role`)
        .toSorted(),
    );
  });

  it.each(withWorkflow)('let the function of $kind start its state machine, and the command queue', (command) => {
    const { function: name, workflow } = command;

    for (const role of [roleOf(name), 'CommandQueueRole'])
      expect(permissionsOf(role).filter((text) => text.startsWith('states:StartExecution'))).toContainEqual(
        expect.stringContaining(`\${AWS::StackName}-${workflow}"`),
      );
  });

  it.each(Object.values(commands))('allow the command queue what they allow the function of $kind', (command) => {
    const missing = permissionsOf(roleOf(command.function)).filter(
      (permission) => !permission.startsWith('logs:') && !permissionsOf('CommandQueueRole').includes(permission),
    );

    expect(missing).toEqual([]);
  });

  it('trust services for this account only, but for Lambda, which documents no source account', () => {
    const trusts = Object.values(roles).flatMap(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement);
    const ofServices = trusts.filter(({ Principal }) => 'Service' in Principal);

    expect(new Set(ofServices.map(({ Principal }) => Principal['Service']))).toEqual(
      new Set(['lambda.amazonaws.com', 'states.amazonaws.com', 'scheduler.amazonaws.com']),
    );
    for (const { Principal, Condition } of ofServices)
      expect(Condition).toEqual(
        Principal['Service'] === 'lambda.amazonaws.com'
          ? undefined
          : { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      );
  });

  it('that may send commands are those whose messages the command queue trusts', () => {
    const senders = functionNames.filter((name) =>
      permissionsOf(roleOf(name)).includes('sqs:SendMessage {"Fn::GetAtt":["CommandQueue","Arn"]}'),
    );

    expect(senderRoleIds).toEqual({
      'Fn::Join': [',', senders.map((name) => ({ 'Fn::GetAtt': [roleOf(name), 'RoleId'] }))],
    });
  });

  it('let a function assume no role but the Kubernetes role of the stack, by its name', () => {
    const assumed = functionNames.flatMap((name) => resourcesOf(roleOf(name), 'sts:AssumeRole'));

    expect(new Set(assumed.map((resource) => JSON.stringify(resource)))).toEqual(
      new Set([JSON.stringify(kubernetesRoleArn)]),
    );
    expect(kubernetesRoleArn).toEqual({
      'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${roles['KubernetesRole']?.Properties.RoleName}`,
    });
  });

  it('let only the Kubernetes role assume remote roles, in any account', () => {
    const remote = { 'Fn::Sub': 'arn:${AWS::Partition}:iam::*:role/drey-*' };

    const holders = Object.keys(roles).filter((name) =>
      resourcesOf(name, 'sts:AssumeRole').some((resource) => isDeepStrictEqual(resource, remote)),
    );

    expect(holders).toEqual(['KubernetesRole']);
    expect(resourcesOf('KubernetesRole', 'sts:AssumeRole')).toEqual([remote]);
  });

  it('let exactly those functions assume the Kubernetes role that it trusts', () => {
    const callers = functionNames.filter((name) => resourcesOf(roleOf(name), 'sts:AssumeRole').length > 0);

    expect(roles['KubernetesRole']?.Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [{ Principal: { AWS: callers.map((name) => ({ 'Fn::GetAtt': [roleOf(name), 'Arn'] })) } }],
    });
  });
});
