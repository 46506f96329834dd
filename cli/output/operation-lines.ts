import type { DeployPhase } from '#events/records/operation.ts';

/** A completed phase of a deploy: `Pulling after 3 s`. */
export const formatPhase = ({ name, at }: DeployPhase, createdAt: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(at) - Date.parse(createdAt)) / 1_000));
  return `${name === 'RestUp' ? 'REST up' : name} after ${seconds} s`;
};
