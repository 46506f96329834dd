/** The partitions of AWS that Drey can be deployed to. The template names no partition: CloudFormation substitutes it. */
import { partition } from '@aws-sdk/core/client';

/** Commercial Regions, China, GovCloud and the European Sovereign Cloud. Services have the same principals in each. */
const supportedPartitions = ['aws', 'aws-cn', 'aws-us-gov', 'aws-eusc'];

/** @throws Error when the Region is in another partition, where services have other principals. */
export const assertSupportedRegion = (region: string): void => {
  const { name } = partition(region);
  if (!supportedPartitions.includes(name))
    throw new Error(
      `Drey cannot be deployed to Region ${region}, because it does not support the partition ${name}. Deploy to a Region of ${supportedPartitions.join(', ')}.`,
    );
};
