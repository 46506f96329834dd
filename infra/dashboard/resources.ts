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
  /** Only with a managed policy for all headers does CloudFront pass `Authorization` on. The host is that of the API. */
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
    Bucket: ref('DashboardBucket'),
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        tlsOnly('DashboardBucket'),
        {
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: sub('${DashboardBucket.Arn}/*'),
          Condition: {
            StringEquals: {
              'aws:SourceArn': sub(
                'arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${DashboardDistribution}',
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

const headersOf = ({ issuerOrigins = [] }: Hosted, issuer: string) => ({
  Type: 'AWS::CloudFront::ResponseHeadersPolicy',
  Properties: {
    ResponseHeadersPolicyConfig: {
      Name: name,
      SecurityHeadersConfig: {
        ContentSecurityPolicy: {
          ContentSecurityPolicy: sub(toPagePolicy([new URL(issuer).origin, ...issuerOrigins, uploadOrigin])),
          Override: true,
        },
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

const origins = [
  {
    Id: 'page',
    DomainName: get('DashboardBucket', 'RegionalDomainName'),
    OriginAccessControlId: get('DashboardOriginAccess', 'Id'),
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
  ResponseHeadersPolicyId: ref('DashboardHeaders'),
  FunctionAssociations: [
    { EventType: 'viewer-request', FunctionARN: get('DashboardRoutes', 'FunctionMetadata.FunctionARN') },
  ],
};

const apiBehavior = (pattern: string) => ({
  PathPattern: pattern,
  TargetOriginId: 'api',
  ViewerProtocolPolicy: 'https-only',
  AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'],
  CachePolicyId: managed.cachingDisabled,
  OriginRequestPolicyId: managed.allViewerExceptHostHeader,
  ResponseHeadersPolicyId: ref('DashboardHeaders'),
});

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
      ...domainOf(hosted),
    },
  },
});

/** The resources of the setting `dashboard`, or none. */
export const dashboardOf = ({ dashboard, jwt }: StageSettings) =>
  dashboard === undefined || jwt === undefined
    ? {}
    : {
        DashboardBucket: bucket,
        DashboardBucketPolicy: bucketPolicy,
        DashboardOriginAccess: originAccess,
        DashboardRoutes: routes,
        DashboardHeaders: headersOf(dashboard, jwt.issuer),
        DashboardDistribution: distributionOf(dashboard),
      };

/** `DashboardUrl` is the address of the page, without a slash at its end. */
export const dashboardOutputsOf = ({ dashboard }: StageSettings) =>
  dashboard === undefined
    ? {}
    : {
        DashboardUrl: {
          Value:
            dashboard.domain === undefined
              ? sub('https://${DashboardDistribution.DomainName}')
              : `https://${dashboard.domain.name}`,
        },
        DashboardBucketName: { Value: ref('DashboardBucket') },
      };
