import { describe, expect, it } from 'vitest';

import { revisionRetentionDays } from '#shared/clusters/model/revision.ts';

import { storageOf } from '../../../infra/storage.ts';

const { Table, Bucket, BucketPolicy } = storageOf({});
const { Rules } = Bucket.Properties.LifecycleConfiguration;
const ruleOf = (prefix: string) => Rules.find(({ Prefix }) => Prefix === prefix);

describe('the table and the bucket', () => {
  it.each(Object.entries({ Table, Bucket }))(
    '%s outlives the stack, but not the deploy that failed to create it',
    (_name, resource) => {
      expect(resource).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    },
  );
});

describe('the table', () => {
  it('can be deleted by the rollback of a first deploy, unless the stage protects it', () => {
    expect(Table.Properties.DeletionProtectionEnabled).toBe(false);
    expect(storageOf({ deletionProtection: true }).Table.Properties.DeletionProtectionEnabled).toBe(true);
  });
});

describe('the bucket', () => {
  it('keeps replaced and deleted specs for 90 days, because it has the only copy', () => {
    expect(Bucket.Properties.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(ruleOf('specs/')).toMatchObject({
      NoncurrentVersionExpiration: { NoncurrentDays: 90 },
      ExpiredObjectDeleteMarker: true,
    });
    expect(ruleOf('specs/')).not.toHaveProperty('ExpirationInDays');
  });

  it.each(['uploads/', 'commands/', 'revisions/'])('keeps replaced and deleted objects of %s for one day', (prefix) => {
    expect(ruleOf(prefix)).toMatchObject({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
  });

  it('keeps the spec of a revision longer than its record, also when it is not renewed in its first week', () => {
    expect(ruleOf('revisions/')).toMatchObject({ ExpirationInDays: revisionRetentionDays + 7 + 1 });
  });

  it.each(['commands/', 'revisions/'])('lets nobody read old versions of %s, which may have secrets', (prefix) => {
    expect(BucketPolicy.Properties.PolicyDocument.Statement).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:GetObjectVersion',
        Resource: expect.arrayContaining([{ 'Fn::Sub': `\${Bucket.Arn}/${prefix}*` }]) as unknown,
      }),
    );
  });

  // S3 refuses ExpiredObjectDeleteMarker beside ExpirationInDays, and two rules of one prefix are not needed.
  it('has one rule for each prefix, and each rule removes delete markers', () => {
    expect(new Set(Rules.map(({ Prefix }) => Prefix)).size).toBe(Rules.length);
    for (const rule of Rules) expect('ExpirationInDays' in rule).not.toBe('ExpiredObjectDeleteMarker' in rule);
  });

  it('has a name of its own for each stack, so that a retained bucket does not block another deploy', () => {
    expect(Bucket.Properties).not.toHaveProperty('BucketName');
  });
});
