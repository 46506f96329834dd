/** Publishes the built page of a stage that hosts it: `npm run deploy:dashboard -- --stage prod`. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { S3Client } from '@aws-sdk/client-s3';

import { Failure } from '#cli/api/failure.ts';
import { listPageFiles } from '#cli/dashboard/page-files.ts';
import { readVersion } from '#cli/version.ts';

import { readStageSettings } from '../stage-settings.ts';
import { findHosting, type ReadOutputs } from './hosting.ts';
import { publishPage } from './publish.ts';
import { s3PageStore } from './s3-page-store.ts';

const packageFolder = join(import.meta.dirname, '..', '..');

/** CloudFormation has one error for a stack that does not exist and for a name that no stack can have. */
const isMissing = (error: unknown): boolean => error instanceof Error && error.name === 'ValidationError';

const outputsFrom =
  (client: CloudFormationClient): ReadOutputs =>
  async (stack) => {
    try {
      const { Stacks: [found] = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }));
      return Object.fromEntries(
        (found?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      );
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };

const deploy = async (): Promise<void> => {
  const { values } = parseArgs({ options: { stage: { type: 'string' }, region: { type: 'string' } } });
  const { stage = 'dev', region = process.env['AWS_REGION'] ?? 'us-east-1' } = values; // As serverless.yml has them.
  const files = await listPageFiles(join(packageFolder, 'dashboard', 'dist'));
  const { url, bucket, session } = await findHosting(
    { stage, region, settings: readStageSettings(stage), version: readVersion(packageFolder) },
    outputsFrom(new CloudFormationClient({ region })),
  );
  const store = s3PageStore(new S3Client({ region }), bucket);
  const { written, removed } = await publishPage({ files, session, store });
  console.log(`${url} has the page of Drey ${session.version}: ${written} files, and ${removed} old ones removed.`);
};

try {
  await deploy();
} catch (error) {
  if (!(error instanceof Error)) throw error;
  console.error(error.message);
  if (error instanceof Failure && error.hint !== undefined) console.error(error.hint);
  process.exitCode = 1;
}
