/** The partitions of AWS that Drey can be deployed to. The template names no partition: CloudFormation substitutes it. */
import { partition } from '@aws-sdk/core/client';

import type { StageSettings } from './stage-settings.ts';

/** Commercial Regions, China, GovCloud and the European Sovereign Cloud. Services have the same principals in each, but for CodeDeploy in China. */
const supportedPartitions = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'];

/**
 * @throws Error when the Region is in another partition, where services have other principals, or in China with the
 * setting `rollout`: it is not confirmed which principal CodeDeploy has there. The setting `dashboard` needs the partition `aws`.
 */
export const assertSupportedRegion = (region: string, { rollout, dashboard }: StageSettings): void => {
  const { name } = partition(region);
  if (!supportedPartitions.includes(name))
    throw new Error(
      `Drey cannot be deployed to Region ${region}, because it does not support the partition ${name}. Deploy to a Region of ${supportedPartitions.join(', ')}.`,
    );
  if (name === 'aws-cn' && rollout !== undefined)
    throw new Error(
      `The setting rollout is not supported in Region ${region}, because the principal of CodeDeploy in China is not confirmed. Remove rollout from the settings of the stage.`,
    );
  if (name !== 'aws' && dashboard !== undefined)
    throw new Error(
      `The setting dashboard is not supported in Region ${region}, because CloudFront of the partition ${name} is another service or does not exist. Remove dashboard from the settings of the stage, and use \`drey dashboard\`.`,
    );
};
