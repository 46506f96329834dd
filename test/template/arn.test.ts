import { describe, expect, it } from 'vitest';

import { hasForm } from '#test/support/iam/arn.ts';

const table = 'arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}';
const index = `${table}/index/\${IndexName}`;
const bucket = 'arn:${Partition}:s3:::${BucketName}';
const object = `${bucket}/\${ObjectName}`;
const group = 'arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}';
const stream = `${group}:log-stream:\${LogStreamName}`;

describe('an ARN', () => {
  it.each([
    ['arn:-:dynamodb:-:-:table/-', table],
    ['arn:-:dynamodb:-:-:table/-/index/*', index],
    ['arn:-:dynamodb:-:-:*', table],
    ['arn:-:s3:::-/commands/*', object],
    ['arn:-:logs:-:-:log-group:/aws/lambda/-:*', group],
    ['arn:-:logs:-:-:log-group:/aws/lambda/-:*', stream],
  ])('%s has the form %s', (arn, form) => {
    expect(hasForm(arn, form)).toBe(true);
  });

  it.each([
    ['arn:-:dynamodb:-:-:table/-/index/*', table],
    ['arn:-:dynamodb:-:-:table/-', index],
    ['arn:-:s3:::-/commands/*', bucket],
    ['arn:-:s3:::-', object],
    ['arn:-:sqs:-:-:-', table],
    ['arn:-:dynamodb:-:-:table/-/stream/-', table],
  ])('%s does not have the form %s', (arn, form) => {
    expect(hasForm(arn, form)).toBe(false);
  });
});
