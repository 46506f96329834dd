import { describe, expect, it } from 'vitest';

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
