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

describe('the setting dashboard', () => {
  const listNames = ({ resources }: Template) =>
    Object.keys(resources).filter((id) => id.startsWith('HostedDashboard'));

  it('adds what hosts the page, and nothing else', async () => {
    const [hosted, jwt] = [await compileTemplate('dashboard'), await compileTemplate('jwt')];
    const added = Object.keys(hosted.resources).filter((id) => jwt.resources[id] === undefined);

    expect(added.toSorted()).toEqual([
      'HostedDashboardApiHeaders',
      'HostedDashboardBucket',
      'HostedDashboardBucketPolicy',
      'HostedDashboardDistribution',
      'HostedDashboardHeaders',
      'HostedDashboardOriginAccess',
      'HostedDashboardRoutes',
    ]);
    expect(hosted.outputs).toMatchObject({
      HostedDashboardUrl: { Value: 'https://drey.example.org' },
      HostedDashboardBucketName: { Value: { Ref: 'HostedDashboardBucket' } },
    });
    expect(hosted.resources['Bucket']?.Properties).toHaveProperty('CorsConfiguration');
  });

  it('passes the calls of the API on, and stores none of their answers', async () => {
    const { resources } = await compileTemplate('dashboard');
    const config = resources['HostedDashboardDistribution']?.Properties['DistributionConfig'];

    expect(config).toMatchObject({
      Origins: [
        { Id: 'page', OriginAccessControlId: { 'Fn::GetAtt': ['HostedDashboardOriginAccess', 'Id'] } },
        {
          Id: 'api',
          DomainName: { 'Fn::Sub': '${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}' },
          CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
        },
      ],
      CacheBehaviors: ['/v1/*', '/openapi.json', '/health'].map((PathPattern) => ({
        PathPattern,
        TargetOriginId: 'api',
        ViewerProtocolPolicy: 'https-only',
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad', // CachingDisabled
        OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac', // AllViewerExceptHostHeader
        ResponseHeadersPolicyId: { Ref: 'HostedDashboardApiHeaders' },
      })),
      // CloudFront keeps these errors for ten seconds, unless it is told not to.
      CustomErrorResponses: [400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((ErrorCode) => ({
        ErrorCode,
        ErrorCachingMinTTL: 0,
      })),
    });
  });

  it('lets the distribution alone read the page', async () => {
    const { resources } = await compileTemplate('dashboard');
    const { Statement } = resources['HostedDashboardBucketPolicy']!.Properties['PolicyDocument'] as {
      readonly Statement: readonly { readonly Effect: string }[];
    };

    expect(Statement.filter(({ Effect }) => Effect === 'Allow')).toMatchObject([
      {
        Principal: { Service: 'cloudfront.amazonaws.com' },
        Action: 's3:GetObject',
        Condition: {
          StringEquals: {
            'aws:SourceArn': { 'Fn::Sub': expect.stringMatching(/distribution\/\$\{HostedDashboardDistribution\}$/) },
          },
        },
      },
    ]);
  });

  it('adds nothing when it is left out', async () => {
    const template = await compileTemplate('jwt');

    expect(listNames(template)).toEqual([]);
    expect(template.outputs).not.toHaveProperty('HostedDashboardUrl');
    expect(template.resources['Bucket']?.Properties).not.toHaveProperty('CorsConfiguration');
  });
});
