import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import StatusIndicator from '@cloudscape-design/components/status-indicator';

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

/** The name of the others is their unit. */
const unitOf = ({ unit }: Usage): string => (unit === undefined ? '' : `\u00A0${unit}`);

const UsageBar = ({ usage }: { readonly usage: Usage }) => {
  const { name, used, limit } = usage;
  const unit = unitOf(usage);
  if (limit === undefined) return `${used}${unit} (no limit)`;
  const isFull = used >= limit;
  const text = `${used} of ${limit}${unit}`;
  return (
    <ProgressBar
      ariaLabel={`${name} in use`}
      value={limit === 0 ? 100 : Math.min(100, (used / limit) * 100)}
      additionalInfo={isFull ? <StatusIndicator type="warning">{text}</StatusIndicator> : text}
    />
  );
};
