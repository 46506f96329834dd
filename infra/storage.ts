/**
 * What outlives the stack: the table of records, and the bucket of jars, stored commands, specs, revisions and kept logs. The deploy
 * that creates them deletes them again when it fails, so that it can be repeated.
 */
import { uploadRulesOf } from './dashboard/uploads.ts';
import type { StageSettings } from './stage-settings.ts';

export const retained = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' } as const;

export const encryption = {
  ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
} as const;

export const publicAccessBlock = {
  BlockPublicAcls: true,
  BlockPublicPolicy: true,
  IgnorePublicAcls: true,
  RestrictPublicBuckets: true,
} as const;

/** The statement of a bucket's policy that refuses requests without TLS. */
export const tlsOnly = (bucket: string) => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [{ 'Fn::GetAtt': [bucket, 'Arn'] }, { 'Fn::Sub': `\${${bucket}.Arn}/*` }],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

const table = ({ deletionProtection = false }: StageSettings) => ({
  Type: 'AWS::DynamoDB::Table',
  ...retained,
  Properties: {
    TableName: '${self:provider.stackName}',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'byState'].map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byState',
        KeySchema: [
          { AttributeName: 'byState', KeyType: 'HASH' },
          { AttributeName: 'pk', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    DeletionProtectionEnabled: deletionProtection,
  },
});

const keepVersions = (days: number) => ({ NoncurrentVersionExpiration: { NoncurrentDays: days } });

/** Days after which S3 deletes kept logs, unless the stage sets another number. */
const defaultKeptLogDays = 30;

/** Days after which S3 deletes objects, and versions of them that were replaced or deleted. */
const lifecycleRulesOf = ({ keptLogDays = defaultKeptLogDays }: StageSettings) => [
  {
    // The maintenance function renews the jars and payloads of live jobs (shared/clusters/reconcile/renew-jars.ts).
    Id: 'uploads',
    Status: 'Enabled',
    Prefix: 'uploads/',
    ExpirationInDays: 30,
    ...keepVersions(1),
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  },
  // As long as the jars, with which jobs are restored. That is longer than a command is queued, or a batch lasts.
  { Id: 'commands', Status: 'Enabled', Prefix: 'commands/', ExpirationInDays: 30, ...keepVersions(1) },
  // The maintenance function renews the specs of live clusters (shared/clusters/reconcile/renew-revisions.ts). A spec that is
  // younger than a week is not renewed, and has to outlive its record, which is kept for 37 days (shared/clusters/model/revision.ts).
  {
    Id: 'revisions',
    Status: 'Enabled',
    Prefix: 'revisions/',
    ExpirationInDays: 45,
    ...keepVersions(1),
  },
  { Id: 'logs', Status: 'Enabled', Prefix: 'logs/', ExpirationInDays: keptLogDays, ...keepVersions(1) },
  // The bucket has the only copy of a spec. With ExpirationInDays, S3 removes delete markers without being told to.
  { Id: 'specs', Status: 'Enabled', Prefix: 'specs/', ...keepVersions(90), ExpiredObjectDeleteMarker: true },
];

/** Without a name: a stage that is deployed again gets another bucket, although the old one is retained. */
const bucketOf = (settings: StageSettings) => ({
  Type: 'AWS::S3::Bucket',
  ...retained,
  Properties: {
    VersioningConfiguration: { Status: 'Enabled' },
    BucketEncryption: encryption,
    PublicAccessBlockConfiguration: publicAccessBlock,
    LifecycleConfiguration: { Rules: lifecycleRulesOf(settings) },
    ...uploadRulesOf(settings),
  },
});

/**
 * A deleted payload or spec of a revision, or a replaced log, is an old version until its lifecycle rule removes it, and may
 * contain secrets.
 * Nobody reads these versions, so the bucket refuses that to everybody.
 */
const bucketPolicy = {
  Type: 'AWS::S3::BucketPolicy',
  Condition: 'OnAws',
  Properties: {
    Bucket: { Ref: 'Bucket' },
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        tlsOnly('Bucket'),
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:GetObjectVersion',
          Resource: ['commands', 'revisions', 'logs'].map((folder) => ({ 'Fn::Sub': `\${Bucket.Arn}/${folder}/*` })),
        },
      ],
    },
  },
};

export const storageOf = (settings: StageSettings) => ({
  Table: table(settings),
  Bucket: bucketOf(settings),
  BucketPolicy: bucketPolicy,
});
