import { runInNewContext } from 'node:vm';

import { describe, expect, it } from 'vitest';

import { toBucketEndpoint, toDnsSuffix } from '#shared/aws/transport/endpoints.ts';

import { pageRoutes } from '../../../../infra/dashboard/page-routes.ts';
import { dashboardOf, dashboardOutputsOf } from '../../../../infra/dashboard/resources.ts';
import { uploadOrigin } from '../../../../infra/dashboard/uploads.ts';
import { StageSettings } from '../../../../infra/stage-settings.ts';
import { storageOf } from '../../../../infra/storage.ts';

const jwt = {
  issuer: 'https://login.example.org/realms/one',
  audience: ['drey'],
  claim: 'groups',
  rights: { operators: { '*': 'admin' } },
};
const domain = {
  name: 'drey.example.org',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000',
};
const settings = (dashboard: object) => StageSettings.parse({ jwt, dashboard: { clientId: 'page', ...dashboard } });
const corsOf = (dashboard: object) => {
  const { Bucket } = storageOf(settings(dashboard));
  return 'CorsConfiguration' in Bucket.Properties ? Bucket.Properties.CorsConfiguration.CorsRules : undefined;
};

describe('the setting dashboard', () => {
  it.each([
    ['no client', { clientId: '' }],
    ['a scope without openid', { scope: 'profile' }],
    [
      'a certificate of another Region',
      { domain: { ...domain, certificateArn: domain.certificateArn.replace('us-east-1', 'eu-west-1') } },
    ],
    ['an address in place of a name', { domain: { ...domain, name: 'https://drey.example.org' } }],
    ['an origin with a path', { issuerOrigins: ['https://token.example.org/oauth2'] }],
    ['an origin without TLS', { issuerOrigins: ['http://token.example.org'] }],
    ['an unknown member', { clientSecret: 'secret' }],
  ])('is refused with %s', (_what, wrong) => {
    expect(StageSettings.safeParse({ jwt, dashboard: { clientId: 'page' } }).success).toBe(true);
    expect(StageSettings.safeParse({ jwt, dashboard: { clientId: 'page', ...wrong } }).success).toBe(false);
  });

  it('is refused without jwt, and the message says what to set', () => {
    const { error } = StageSettings.safeParse({ dashboard: { clientId: 'page' } });

    expect(error?.issues).toMatchObject([{ path: ['dashboard'], message: expect.stringContaining('Set jwt, too') }]);
  });

  it('adds no resource, output or rule when it is left out', () => {
    expect(dashboardOf(StageSettings.parse({ jwt }))).toEqual({});
    expect(dashboardOutputsOf({})).toEqual({});
    expect(storageOf({}).Bucket.Properties).not.toHaveProperty('CorsConfiguration');
  });

  it('lets browsers put uploads from the origin of the page only', () => {
    const rule = { AllowedMethods: ['PUT'], AllowedHeaders: ['content-type'] };

    expect(corsOf({ domain })).toMatchObject([{ ...rule, AllowedOrigins: ['https://drey.example.org'] }]);
    expect(corsOf({})).toMatchObject([{ ...rule, AllowedOrigins: ['https://*.cloudfront.net'] }]);
  });

  it('lets the page connect to itself, to the issuer and to the bucket of uploads only', () => {
    const { HostedDashboardHeaders } = dashboardOf(settings({ issuerOrigins: ['https://token.example.org'] }));
    const { ContentSecurityPolicy } =
      HostedDashboardHeaders!.Properties.ResponseHeadersPolicyConfig.SecurityHeadersConfig;
    const policy = ContentSecurityPolicy.ContentSecurityPolicy['Fn::Sub'].split('; ');

    expect(policy).toContain(
      "connect-src 'self' https://login.example.org https://token.example.org https://${Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}",
    );
    expect(policy).toEqual(
      expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]),
    );
  });

  it.each(['eu-central-1', 'eusc-de-east-1'])('knows the origin of presigned uploads in %s', (region) => {
    const values = { Bucket: 'drey-prod-bucket-1', 'AWS::Region': region, 'AWS::URLSuffix': toDnsSuffix(region) };
    const origin = Object.entries(values).reduce(
      (text, [key, value]) => text.replace(`\${${key}}`, value),
      uploadOrigin,
    );

    expect(origin).toBe(toBucketEndpoint(values.Bucket, region).origin);
  });

  it('answers the calls of the API with the policy of the API', () => {
    const { HostedDashboardApiHeaders, HostedDashboardHeaders } = dashboardOf(settings({}));
    const { Name, SecurityHeadersConfig } = HostedDashboardApiHeaders!.Properties.ResponseHeadersPolicyConfig;

    expect(SecurityHeadersConfig.ContentSecurityPolicy).toEqual({
      ContentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'; sandbox",
      Override: true,
    });
    expect(Name).not.toBe(HostedDashboardHeaders!.Properties.ResponseHeadersPolicyConfig.Name);
  });

  it('has the address of its domain, or that of CloudFront', () => {
    expect(dashboardOutputsOf(settings({ domain })).HostedDashboardUrl?.Value).toBe('https://drey.example.org');
    expect(dashboardOutputsOf(settings({})).HostedDashboardUrl?.Value).toEqual({
      'Fn::Sub': 'https://${HostedDashboardDistribution.DomainName}',
    });
  });
});

describe('the function of CloudFront', () => {
  it.each([
    ['/', '/index.html'],
    ['/signed-in', '/index.html'],
    ['/targets/etl/clusters/nightly', '/index.html'],
    ['/v1.2/clusters/', '/index.html'],
    ['/index.html', '/index.html'],
    ['/session.json', '/session.json'],
    ['/assets/main-0a1b2c3d.js', '/assets/main-0a1b2c3d.js'],
  ])('answers %s with the file %s', (uri, file) => {
    expect(runInNewContext(`${pageRoutes} handler(event).uri`, { event: { request: { uri } } })).toBe(file);
  });
});
