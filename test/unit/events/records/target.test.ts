import { describe, expect, it } from 'vitest';

import { Fault, parse } from '#events/problems/problem.ts';
import { Target } from '#events/records/target.ts';

const target = { cluster: 'analytics', region: 'eu-central-1', namespace: 'flink' };
const roleArn = 'arn:aws:iam::111122223333:role/drey-remote';

const faultOf = (value: unknown): Fault => {
  try {
    parse(Target, value);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('the target is valid');
};

describe('a target', () => {
  it.each([
    ['2 characters', 'ab'],
    ['1224 characters', 'a'.repeat(1224)],
    ['every kind of character', 'Team_7+x=1,a.b@c:d/e-f'],
  ])('accepts an external ID of %s', (_, externalId) => {
    expect(parse(Target, { ...target, roleArn, externalId })).toMatchObject({ roleArn, externalId });
  });

  it.each([
    ['no character', ''],
    ['1 character', 'a'],
    ['1225 characters', 'a'.repeat(1225)],
    ['a space', 'two words'],
    ['an umlaut', 'ä-umlaut'],
    ['a newline', 'newline\n'],
    ['an asterisk', 'a*b'],
  ])('refuses an external ID with %s, as AWS does', (_, externalId) => {
    const fault = faultOf({ ...target, roleArn, externalId });

    expect(fault.errors).toEqual([{ pointer: '/externalId', detail: expect.stringContaining('An external ID') }]);
  });

  it('refuses an external ID without a role, by name', () => {
    const fault = faultOf({ ...target, externalId: 'team-7' });

    expect(fault.errors).toEqual([{ pointer: '/externalId', detail: expect.stringContaining('roleArn') }]);
  });

  it.each([
    'arn:aws:iam::111122223333:role/other',
    'arn:aws:iam::111122223333:role/path/drey-remote',
    'arn:aws:iam::111122223333:role/drey-',
    'arn:aws:iam::1:role/drey-remote',
    `arn:aws:iam::111122223333:role/drey-${'a'.repeat(60)}`,
  ])('refuses a role that Drey may not assume: %s', (wrong) => {
    expect(faultOf({ ...target, roleArn: wrong }).errors).toEqual([
      { pointer: '/roleArn', detail: expect.stringContaining('drey-') },
    ]);
  });

  it.each(['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'])('accepts a role of the partition %s', (partition) => {
    const arn = `arn:${partition}:iam::111122223333:role/drey-remote`;

    expect(parse(Target, { ...target, roleArn: arn })).toMatchObject({ roleArn: arn });
  });

  it.each(['eu-central-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'])('accepts the Region %s', (region) => {
    expect(Target.safeParse({ ...target, region }).success).toBe(true);
  });
});
