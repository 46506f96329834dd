import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { openRoutes } from '#events/http/access.ts';
import { Grants } from '#events/http/grants.ts';

import { functionNames, functionsOf, roleOf } from '../../../infra/functions.ts';
import { rolesOf } from '../../../infra/iam/roles.ts';
import { workflowNames } from '../../../infra/state-machines/definitions.ts';
import { machineOf, stateMachinesOf } from '../../../infra/state-machines/resources.ts';
import { readStageSettings, StageSettings } from '../../../infra/stage-settings.ts';
import { authorizersOf } from '../../../infra/tokens.ts';

const vpc = {
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  securityGroupIds: ['sg-0123456789abcdef0'],
};
const statementsOf = (role: string, settings: Parameters<typeof rolesOf>[0]) =>
  rolesOf(settings)[role]?.Properties.Policies[0].PolicyDocument.Statement ?? [];

/** What Lambda documents for functions in a VPC. */
const networkInterfaceActions = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

describe('the setting vpc', () => {
  it.each(functionNames)('puts %s into the subnets, and lets Lambda manage its network interfaces', (name) => {
    const [allowed, denied] = statementsOf(roleOf(name), { vpc }).filter(({ Action }) =>
      Action.some((action) => action.startsWith('ec2:')),
    );

    expect(functionsOf({ vpc })[name]?.vpc).toEqual(vpc);
    expect(allowed).toMatchObject({ Effect: 'Allow', Resource: ['*'] });
    expect(allowed?.Action.toSorted()).toEqual(networkInterfaceActions);
    expect(denied).toMatchObject({
      Effect: 'Deny',
      Action: allowed?.Action,
      Resource: ['*'],
      Condition: {
        ArnEquals: { 'lambda:SourceFunctionArn': { 'Fn::Sub': expect.stringMatching(`function:.*-${name}$`) } },
      },
    });
  });

  it.each(functionNames)('changes nothing of %s when it is left out', (name) => {
    expect(functionsOf({})[name]).not.toHaveProperty('vpc');
    expect(JSON.stringify(statementsOf(roleOf(name), {}))).not.toContain('ec2:');
  });
});

describe('the setting jwt', () => {
  const rights = { operators: { '*': 'admin' } } as const;
  const jwt = { issuer: 'https://login.example.org/', audience: ['drey'], claim: 'groups', rights };
  const entries = Object.values(functionsOf({ jwt }));
  const routes = entries.flatMap(({ events }) =>
    events.flatMap((event) => ('httpApi' in event ? [event.httpApi] : [])),
  );

  it('authorizes every route by a token in place of IAM, and leaves the open ones', () => {
    const byToken = routes.filter(({ authorizer }) => authorizer !== undefined && 'name' in authorizer);
    const open = routes.filter(({ authorizer }) => authorizer === undefined);

    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual(openRoutes);
    expect(byToken).toHaveLength(routes.length - open.length);
    expect(authorizersOf({ jwt })).toEqual({
      tokens: {
        type: 'jwt',
        identitySource: '$request.header.Authorization',
        issuerUrl: jwt.issuer,
        audience: jwt.audience,
      },
    });
  });

  it('gives the rights to the functions of the API only', () => {
    for (const { environment, events } of entries) {
      const grants = environment?.['DREY_GRANTS'];

      expect(grants === undefined ? undefined : Grants.parse(JSON.parse(grants))).toEqual(
        events.some((event) => 'httpApi' in event) ? { claim: 'groups', rights } : undefined,
      );
    }
  });

  it('changes nothing when it is left out', () => {
    expect(authorizersOf({})).toEqual({});
    expect(JSON.stringify(functionsOf({}))).not.toMatch(/DREY_GRANTS|tokens/);
  });

  it.each([
    ['an issuer without TLS', { issuer: 'http://login.example.org/' }],
    ['no audience', { audience: [] }],
    ['a verb that does not exist', { rights: { operators: { '*': 'root' } } }],
    ['a pattern in the middle', { rights: { operators: { 'e*l': 'read' } } }],
    ['a pattern of nothing', { rights: { operators: { '': 'read' } } }],
    [
      'more rights than the environment of a function holds',
      {
        rights: {
          ['x'.repeat(200)]: Object.fromEntries(
            Array.from({ length: 99 }, (_, n) => [`a-long-target-name-${n}`, 'read']),
          ),
        },
      },
    ],
    ['an unknown member', { scopes: [] }],
  ])('is refused with %s', (_what, wrong) => {
    expect(StageSettings.safeParse({ jwt }).success).toBe(true);
    expect(StageSettings.safeParse({ jwt: { ...jwt, ...wrong } }).success).toBe(false);
  });
});

describe('the setting tracing', () => {
  const actionsOf = (role: string, tracing: boolean) =>
    statementsOf(role, { tracing })
      .filter(({ Action }) => Action.some((action) => action.startsWith('xray:')))
      .flatMap(({ Action }) => Action);

  it.each(functionNames)('traces %s, and its role may send the segments', (name) => {
    expect(functionsOf({ tracing: true })[name]?.tracing).toBe('Active');
    expect(actionsOf(roleOf(name), true)).toEqual(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
  });

  it.each(workflowNames)('traces the state machine %s, and its role may also read what to sample', (name) => {
    expect(stateMachinesOf({ tracing: true })[machineOf(name)]?.Properties.TracingConfiguration).toEqual({
      Enabled: true,
    });
    expect(actionsOf(`${machineOf(name)}Role`, true)).toEqual([
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
    ]);
  });

  it('is off when it is left out or false', () => {
    for (const settings of [{}, { tracing: false }]) {
      const text = JSON.stringify([functionsOf(settings), rolesOf(settings), stateMachinesOf(settings)]);
      expect(text).not.toMatch(/xray|tracing/i);
    }
  });
});

describe('the settings of a stage', () => {
  const fileWith = (text: string) => {
    const file = join(mkdtempSync(join(tmpdir(), 'drey-stage-')), 'prod.yml');
    writeFileSync(file, text);
    return file;
  };

  it('are the defaults for a stage without a file, such as local', () => {
    expect(readStageSettings('local', undefined)).toEqual({});
  });

  it('are read from the file', () => {
    expect(readStageSettings('prod', fileWith('tracing: true\ndeletionProtection: true\n'))).toEqual({
      tracing: true,
      deletionProtection: true,
    });
    expect(readStageSettings('prod', fileWith(''))).toEqual({});
  });

  it.each(['p'.repeat(21), 'Prod', '1st', 'a_b', ''])('are refused for a stage named "%s"', (stage) => {
    expect(() => readStageSettings(stage, fileWith(''))).toThrow('A stage cannot be named');
    expect(readStageSettings('p'.repeat(20), fileWith(''))).toEqual({});
  });

  it('are refused with the file and each mistake', () => {
    const file = fileWith('vpc: { subnetIds: [subnet-1], securityGroupIds: [] }\ntraces: true\n');

    expect(() => readStageSettings('prod', file)).toThrow(file);
    for (const mistake of ['vpc.subnetIds[0]', 'vpc.securityGroupIds', '"traces"'])
      expect(() => readStageSettings('prod', file)).toThrow(mistake);
  });

  it('are refused with the file when they are not YAML', () => {
    const file = fileWith('vpc: [\n');

    expect(() => readStageSettings('prod', file)).toThrow(`The stage settings in ${file} cannot be read.`);
  });

  it.each([
    ['subnetIds', 16],
    ['securityGroupIds', 5],
  ])('have at most as many %s as Lambda takes', (member, max) => {
    const ids = (count: number) =>
      Array.from({ length: count }, (_, index) => `${member === 'subnetIds' ? 'subnet' : 'sg'}-0123456${index % 10}`);
    const settings = (count: number) => fileWith(JSON.stringify({ vpc: { ...vpc, [member]: ids(count) } }));

    expect(readStageSettings('prod', settings(max)).vpc).toMatchObject({ [member]: ids(max) });
    expect(() => readStageSettings('prod', settings(max + 1))).toThrow(`vpc.${member}`);
  });
});
