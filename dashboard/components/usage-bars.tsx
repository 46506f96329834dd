import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';

import type { Demand, Target } from '../api/types.ts';
import { measureUsage, type Usage } from '../model/clusters/usage.ts';

interface UsageBarsProps {
  readonly limits: Target['limits'];
  readonly usage: Demand;
}

/** What is used of each limit of a target. */
export const UsageBars = ({ limits, usage }: UsageBarsProps) => (
  <KeyValuePairs
    columns={4}
    items={measureUsage(limits, usage).map((one) => ({ label: one.name, value: <UsageBar usage={one} /> }))}
  />
);

const UsageBar = ({ usage: { name, used, limit, unit } }: { readonly usage: Usage }) => {
  const suffix = unit === undefined ? '' : `\u00A0${unit}`;
  if (limit === undefined)
    return (
      <>
        {used}
        {suffix}, no limit
      </>
    );
  return (
    <ProgressBar
      ariaLabel={`${name} in use`}
      value={limit === 0 ? 100 : Math.min(100, (used / limit) * 100)}
      additionalInfo={`${used} of ${limit}${suffix}`}
    />
  );
};
