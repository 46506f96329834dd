/**
 * The hosted dashboard as resources and outputs of the template: a bucket with the page, and a distribution that serves the page
 * and passes the calls of the page to the API. It stores no answer of the API, and adds no identity: a call has its own token.
 */
import { sharedHeaders, toPagePolicy } from '#cli/dashboard/headers.ts';

import type { StageSettings } from '../stage-settings.ts';
import { encryption, publicAccessBlock, retained, tlsOnly } from '../storage.ts';
import { pageRoutes } from './page-routes.ts';
import { uploadOrigin } from './uploads.ts';

type Hosted = NonNullable<StageSettings['dashboard']>;

/** Policies that AWS manages, which have the same IDs in every account. */
const managed = {
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  /** It compresses, and keeps an object as long as its cache control says. */
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  /** It passes all headers on, with `Authorization`, and sets `Host` to that of the API. */
  allViewerExceptHostHeader: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
} as const;

const name = '${self:provider.stackName}-${self:provider.region}'; // CloudFront has no Regions.

const ref = (id: string) => ({ Ref: id });
const get = (id: string, attribute: string) => ({ 'Fn::GetAtt': [id, attribute] });
const sub = (text: string) => ({ 'Fn::Sub': text });

const bucket = {
  Type: 'AWS::S3::Bucket',
  ...retained,
  Properties: { BucketEncryption: encryption, PublicAccessBlockConfiguration: publicAccessBlock },
};

const bucketPolicy = {
  Type: 'AWS::S3::BucketPolicy',
  Properties: {
    Bucket: ref('HostedDashboardBucket'),
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        tlsOnly('HostedDashboardBucket'),
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: sub('${HostedDashboardBucket.Arn}/*'),
          Condition: {
            StringEquals: {
              'aws:SourceArn': sub(
                'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${HostedDashboardDistribution}',
              ),
            },
          },
        },
      ],
    },
  },
};

const originAccess = {
  Type: 'AWS::CloudFront::OriginAccessControl',
  Properties: {
    OriginAccessControlConfig: {
      Name: name,
      OriginAccessControlOriginType: 's3',
      SigningBehavior: 'always',
      SigningProtocol: 'sigv4',
    },
  },
};

const routes = {
  Type: 'AWS::CloudFront::Function',
  Properties: {
    Name: name,
    AutoPublish: true,
    FunctionCode: pageRoutes,
    FunctionConfig: { Comment: 'Paths of the dashboard', Runtime: 'cloudfront-js-2.0' },
  },
};

/** Browsers use TLS for this name for a year. */
const strictTransportSeconds = 31_536_000;

const headersOf = <T extends string | ReturnType<typeof sub>>(policyName: string, contentSecurityPolicy: T) => ({
  Type: 'AWS::CloudFront::ResponseHeadersPolicy',
  Properties: {
    ResponseHeadersPolicyConfig: {
      Name: policyName,
      SecurityHeadersConfig: {
        ContentSecurityPolicy: { ContentSecurityPolicy: contentSecurityPolicy, Override: true },
        ContentTypeOptions: { Override: true },
        FrameOptions: { FrameOption: 'DENY', Override: true },
        ReferrerPolicy: { ReferrerPolicy: sharedHeaders['referrer-policy'], Override: true },
        StrictTransportSecurity: {
          AccessControlMaxAgeSec: strictTransportSeconds,
          IncludeSubdomains: false,
          Override: true,
        },
      },
      CustomHeadersConfig: {
        Items: (['cross-origin-opener-policy', 'cross-origin-resource-policy'] as const).map((header) => ({
          Header: header,
          Value: sharedHeaders[header],
          Override: true,
        })),
      },
    },
  },
});

const pageHeadersOf = ({ issuerOrigins = [] }: Hosted, issuer: string) =>
  headersOf(name, sub(toPagePolicy([new URL(issuer).origin, ...issuerOrigins, uploadOrigin])));

/** An answer of the API is never a page. */
const apiHeaders = headersOf(`${name}-api`, sharedHeaders['content-security-policy']);

const origins = [
  {
    Id: 'page',
    DomainName: get('HostedDashboardBucket', 'RegionalDomainName'),
    OriginAccessControlId: get('HostedDashboardOriginAccess', 'Id'),
    S3OriginConfig: { OriginAccessIdentity: '' }, // CloudFront wants it, although it is of the older kind of access.
  },
  {
    Id: 'api',
    DomainName: sub('${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}'),
    CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
  },
];

const pageBehavior = {
  TargetOriginId: 'page',
  ViewerProtocolPolicy: 'redirect-to-https',
  Compress: true,
  CachePolicyId: managed.cachingOptimized,
  ResponseHeadersPolicyId: ref('HostedDashboardHeaders'),
  FunctionAssociations: [
    { EventType: 'viewer-request', FunctionARN: get('HostedDashboardRoutes', 'FunctionMetadata.FunctionARN') },
  ],
};

const apiBehavior = (pattern: string) => ({
  PathPattern: pattern,
  TargetOriginId: 'api',
  ViewerProtocolPolicy: 'https-only',
  AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
  CachePolicyId: managed.cachingDisabled,
  OriginRequestPolicyId: managed.allViewerExceptHostHeader,
  ResponseHeadersPolicyId: ref('HostedDashboardApiHeaders'),
});

/**
 * CloudFront keeps errors for ten seconds, also those of a behavior without a cache, and answers other callers with them: its
 * key has no `Authorization`. These are all that it keeps.
 */
const uncachedErrors = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504].map((ErrorCode) => ({
  ErrorCode,
  ErrorCachingMinTTL: 0,
}));

/** Without a domain, the certificate is that of `cloudfront.net`. */
const domainOf = ({ domain }: Hosted) =>
  domain === undefined
    ? {}
    : {
        Aliases: [domain.name],
        ViewerCertificate: {
          AcmCertificateArn: domain.certificateArn,
          MinimumProtocolVersion: 'TLSv1.2_2021',
          SslSupportMethod: 'sni-only',
        },
      };

const distributionOf = (hosted: Hosted) => ({
  Type: 'AWS::CloudFront::Distribution',
  Properties: {
    DistributionConfig: {
      Comment: 'Dashboard of ${self:provider.stackName}',
      Enabled: true,
      HttpVersion: 'http2and3',
      IPV6Enabled: true,
      DefaultRootObject: 'index.html',
      Origins: origins,
      DefaultCacheBehavior: pageBehavior,
      CacheBehaviors: ['/v1/*', '/openapi.json', '/health'].map(apiBehavior),
      CustomErrorResponses: uncachedErrors,
      ...domainOf(hosted),
    },
  },
});

/** The resources of the setting `dashboard`, or none. */
export const dashboardOf = ({ dashboard, jwt }: StageSettings) =>
  dashboard === undefined || jwt === undefined
    ? {}
    : {
        HostedDashboardBucket: bucket,
        HostedDashboardBucketPolicy: bucketPolicy,
        HostedDashboardOriginAccess: originAccess,
        HostedDashboardRoutes: routes,
        HostedDashboardHeaders: pageHeadersOf(dashboard, jwt.issuer),
        HostedDashboardApiHeaders: apiHeaders,
        HostedDashboardDistribution: distributionOf(dashboard),
      };

/** `HostedDashboardUrl` is the address of the page, without a slash at its end. */
export const dashboardOutputsOf = ({ dashboard }: StageSettings) =>
  dashboard === undefined
    ? {}
    : {
        HostedDashboardUrl: {
          Value:
            dashboard.domain === undefined
              ? sub('https://${HostedDashboardDistribution.DomainName}')
              : `https://${dashboard.domain.name}`,
        },
        HostedDashboardBucketName: { Value: ref('HostedDashboardBucket') },
      };
