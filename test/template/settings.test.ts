import { describe, expect, it } from 'vitest';

import { compileTemplate, type Template } from '#test/support/templates.ts';

const ofType = ({ resources }: Template, type: string) =>
  Object.entries(resources).filter(([, { Type }]) => Type === type);

describe('the setting vpc', () => {
  const withVpc = ({ resources }: Template) =>
    Object.values(resources).filter(({ Properties }) => 'VpcConfig' in Properties).length;
  const rolesWithInterfaces = (template: Template) =>
    ofType(template, 'AWS::IAM::Role').filter(([, { Properties }]) => JSON.stringify(Properties).includes('ec2:'))
      .length;

  it('puts every function into the VPC, and gives the role of each the network interface permissions', async () => {
    const template = await compileTemplate('vpc');
    const functions = ofType(template, 'AWS::Lambda::Function');

    expect(functions.length).toBeGreaterThan(30);
    for (const [, { Properties }] of functions)
      expect(Properties['VpcConfig']).toEqual({
        SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
        SecurityGroupIds: ['sg-0123456789abcdef0'],
      });
    expect(rolesWithInterfaces(template)).toBe(functions.length);
  });

  it('changes nothing when it is left out', async () => {
    const template = await compileTemplate('defaults');

    expect(withVpc(template)).toBe(0);
    expect(rolesWithInterfaces(template)).toBe(0);
  });
});

describe('the setting tracing', () => {
  it('traces every function and every state machine', async () => {
    const template = await compileTemplate('tracing');
    const functions = ofType(template, 'AWS::Lambda::Function');

    for (const [, { Properties }] of functions) expect(Properties['TracingConfig']).toEqual({ Mode: 'Active' });
    for (const [, { Properties }] of ofType(template, 'AWS::StepFunctions::StateMachine'))
      expect(Properties['TracingConfiguration']).toEqual({ Enabled: true });
  });
});

describe('the setting deletionProtection', () => {
  it('protects the table', async () => {
    const [protectedTable, table] = [await compileTemplate('tracing'), await compileTemplate('defaults')].map(
      ({ resources }) => resources['Table']?.Properties,
    );

    expect(protectedTable).toMatchObject({ DeletionProtectionEnabled: true });
    expect(table).toMatchObject({ DeletionProtectionEnabled: false });
  });
});

describe('the setting jwt', () => {
  const listTypes = (template: Template) =>
    new Set(ofType(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties }]) => Properties['AuthorizationType']));

  it('authorizes the routes by the tokens of the issuer', async () => {
    const template = await compileTemplate('jwt');
    const [authorizer] = ofType(template, 'AWS::ApiGatewayV2::Authorizer');

    expect(listTypes(template)).toEqual(new Set(['JWT', undefined])); // none on the open routes
    expect(authorizer?.[1].Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Audience: ['drey'], Issuer: 'https://login.example.org/' },
    });
  });

  it('is IAM when it is left out', async () => {
    const template = await compileTemplate('defaults');

    expect(listTypes(template)).toEqual(new Set(['AWS_IAM', undefined]));
    expect(ofType(template, 'AWS::ApiGatewayV2::Authorizer')).toEqual([]);
  });
});
