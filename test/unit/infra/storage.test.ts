import { describe, expect, it } from 'vitest';

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

  it.each(['uploads/', 'commands/'])('keeps replaced and deleted objects of %s for one day', (prefix) => {
    expect(ruleOf(prefix)).toMatchObject({ NoncurrentVersionExpiration: { NoncurrentDays: 1 } });
  });

  // S3 refuses ExpiredObjectDeleteMarker beside ExpirationInDays, and two rules of one prefix are not needed.
  it('has one rule for each prefix, and each rule removes delete markers', () => {
    expect(new Set(Rules.map(({ Prefix }) => Prefix)).size).toBe(Rules.length);
    for (const rule of Rules) expect('ExpirationInDays' in rule).not.toBe('ExpiredObjectDeleteMarker' in rule);
  });

  it('lets nobody read a removed payload, which may contain secrets', () => {
    expect(BucketPolicy.Properties.PolicyDocument.Statement).toContainEqual({
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:GetObjectVersion',
      Resource: { 'Fn::Sub': '${Bucket.Arn}/commands/*' },
    });
  });

  it('has a name of its own for each stack, so that a retained bucket does not block another deploy', () => {
    expect(Bucket.Properties).not.toHaveProperty('BucketName');
  });
});
