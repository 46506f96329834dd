import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { root } from '#local/settings.ts';
import { type Published, readPublished } from '#test/support/iam/published.ts';
import { compileTemplate, listDeployActions, templateNames } from '#test/support/templates.ts';

interface Statement {
  readonly Action: readonly string[];
}
const { Statement: statements } = JSON.parse(readFileSync(join(root, 'docs/deploy-policy.json'), 'utf8')) as {
  readonly Statement: readonly Statement[];
};
const allowed = statements.flatMap(({ Action }) => Action);

const isAllowed = (action: string): boolean =>
  allowed.some((pattern) =>
    pattern.endsWith('*')
      ? action.toLowerCase().startsWith(pattern.slice(0, -1))
      : pattern.toLowerCase() === action.toLowerCase(),
  );

/** What CloudFormation may do with a type, and does not with the resources of Drey. */
const unneeded: readonly { readonly actions: RegExp; readonly reason: string }[] = [
  {
    actions: /^kms:(CreateGrant|Decrypt|Encrypt|GenerateDataKey\w*|ListAliases|ReEncrypt\w*|RevokeGrant)$/,
    reason: 'Only the topic has a key of the account, and its key policy says who uses the key.',
  },
  { actions: /^iam:CreateServiceLinkedRole$/, reason: 'The table has no replica, and no Kinesis stream.' },
  { actions: /^(kinesis|firehose):/, reason: 'Neither the table nor a log group delivers to a stream.' },
  {
    actions: /^(s3files|s3tables|elasticfilesystem):/,
    reason: 'Functions mount nothing, and the bucket has no metadata table.',
  },
];

describe('the policy of the principal that deploys', () => {
  let needed: readonly string[];
  let published: Published;
  beforeAll(async () => {
    const types = new Set<string>();
    for (const name of templateNames)
      for (const { Type } of Object.values((await compileTemplate(name)).resources)) types.add(Type);
    [needed, published] = await Promise.all([listDeployActions([...types]), readPublished()]);
  });

  it("allows the actions that CloudFormation's schemas list for the types of the template", () => {
    const missing = needed.filter((action) => !isAllowed(action));

    expect(needed.length).toBeGreaterThan(200);
    expect(missing.filter((action) => !unneeded.some(({ actions }) => actions.test(action)))).toEqual([]);
    expect(unneeded.filter(({ actions }) => !missing.some((action) => actions.test(action)))).toEqual([]);
  });

  it('names actions that exist, and services of the stack only', () => {
    const named = allowed.filter((action) => !action.endsWith('*'));
    const services = new Set(needed.map((action) => action.split(':')[0]));

    expect(named.filter((action) => published.find(action) === undefined)).toEqual([]);
    expect(
      allowed.map((action) => action.split(':')[0]).filter((name) => name !== 'cloudformation' && !services.has(name)),
    ).toEqual([]);
  });
});
