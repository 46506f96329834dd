import { describe, expect, it } from 'vitest';

import { functionNames, functionsOf, roleOf } from '../../../infra/functions.ts';
import { rolesOf } from '../../../infra/roles.ts';

const vpc = { subnetIds: ['subnet-0a', 'subnet-0b'], securityGroupIds: ['sg-0a'] };
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
