import type { Command, CommandData } from '#events/commands/index.ts';
import { Fault } from '#events/problems/problem.ts';
import type { RevisionSpec } from '#events/records/revisions.ts';
import { toSpec } from '#shared/clusters/model/revision.ts';

/** The deploy of the spec of an apply: its data without what says how to roll it out. */
export const toDeployOfApply = ({
  rollout: _rollout,
  planDigest: _planDigest,
  ifRevision: _ifRevision,
  ...deploy
}: CommandData<'apply'>): CommandData<'deploy'> => ({ ...deploy, dependsOn: [] });

/** The spec of an apply. @throws Fault `malformed-request` for another cluster ID than that of the command. */
export const toAppliedSpec = ({ clusterId = '', data }: Command<'apply'>): RevisionSpec => {
  const deploy = toDeployOfApply(data);
  if (deploy.clusterId !== undefined && deploy.clusterId !== clusterId) {
    const detail = `The cluster id differs from that of the command, ${clusterId}.`;
    throw new Fault('malformed-request', `/clusterId: ${detail}`, { errors: [{ pointer: '/clusterId', detail }] });
  }
  return toSpec(deploy, clusterId);
};
