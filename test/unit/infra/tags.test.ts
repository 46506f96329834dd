import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import { tagResources } from '../../../infra/tags.ts';

const tags = { service: 'drey', stage: 'prod' };
const list = [
  { Key: 'service', Value: 'drey' },
  { Key: 'stage', Value: 'prod' },
];

describe('tagResources', () => {
  it.each([
    ['AWS::SQS::Queue', list],
    ['AWS::IAM::Role', list],
    ['AWS::ApiGatewayV2::Api', tags],
    ['AWS::ApiGatewayV2::Stage', tags],
  ])('tags %s in the form of its type, and keeps its properties', (Type, expected) => {
    const tagged = tagResources({ One: { Type, Properties: { Name: 'one' } } }, tags);

    expect(tagged).toEqual({ One: { Type, Properties: { Name: 'one', Tags: expected } } });
  });

  it('tags a resource without properties', () => {
    expect(tagResources({ One: { Type: 'AWS::S3::Bucket' } }, tags)['One']?.Properties).toEqual({ Tags: list });
  });

  it('leaves a resource that has no tags as it is', () => {
    const resources = { One: { Type: 'AWS::Lambda::Permission', Properties: {} } };

    expect(tagResources(resources, tags)).toEqual(resources);
  });
});

describe('the tags of the stack', () => {
  // CloudFormation copies them to the resources. IAM takes STAGE, which osls adds otherwise, for a second tag "stage".
  it('are those of the resources', () => {
    const { provider } = parse(readFileSync(new URL('../../../serverless.yml', import.meta.url), 'utf8'), {
      logLevel: 'error',
    }) as { readonly provider: Readonly<Record<string, unknown>> };

    expect(provider['tags']).toEqual({ service: 'drey', stage: '${sls:stage}' });
    expect(provider['stackTags']).toBe('${self:provider.tags}');
  });
});
