import { describe, expect, it } from 'vitest';

import { findAccount, isSameCaller } from '#events/principal.ts';

const role = 'arn:aws:sts::111122223333:assumed-role/flow';

describe('the account of a principal', () => {
  it.each([
    [`${role}/a`, '111122223333'],
    ['arn:aws-cn:iam::111122223333:user/path/ada', '111122223333'],
    ['arn:aws:iam::111122223333:root', '111122223333'],
    ['sqs:111122223333', '111122223333'],
    ['sqs:AROAFLOW:111122223333', undefined],
    ['sqs:AIDABOB', undefined],
    ['jwt:https://issuer.example#arn:aws:iam::111122223333:root', undefined],
    ['schedule:evening by arn:aws:iam::111122223333:root', undefined],
    ['drey:reconcile', undefined],
  ])('of %s is %s', (principal, account) => {
    expect(findAccount(principal)).toBe(account);
  });
});

describe('two principals', () => {
  it.each([
    [`${role}/a`, `${role}/b`],
    [`${role}/a`, `${role}/a/b`],
    ['sqs:AROAFLOW:a', 'sqs:AROAFLOW:b:c'],
    ['sqs:AIDABOB', 'sqs:AIDABOB'],
    ['jwt:https://a#ada', 'jwt:https://a#ada'],
  ])('%s and %s are one caller', (one, other) => {
    expect(isSameCaller(one, other)).toBe(true);
  });

  it.each([
    [`${role}/a`, `${role}2/a`],
    [`${role}/a`, role.replace('1111', '4444') + '/a'],
    [`${role}/a`, 'arn:aws:iam::111122223333:user/flow'],
    ['arn:aws:iam::111122223333:user/path/ada', 'arn:aws:iam::111122223333:user/path/bob'],
    ['sqs:AROAFLOW:a', 'sqs:AROAFLOW2:a'],
    ['sqs:AROAFLOW:a', `${role}/a`],
    ['jwt:https://a#ada', 'jwt:https://a#bob'],
    ['jwt:https://a#x/ada', 'jwt:https://a#x/bob'],
  ])('%s and %s are two callers', (one, other) => {
    expect(isSameCaller(one, other)).toBe(false);
  });
});
