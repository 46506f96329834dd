import { Fault } from '#events/problems/problem.ts';
import { listDownloads, type PolicyInput } from '#shared/clusters/model/policy/find-policy-errors.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { describeUri } from '#shared/flink/program/uri.ts';

/** They are looked up at once, so that the step has time for them. */
const maxLookups = 20;

/**
 * Looks whether the jars and the script of an application are where its JobManager will download them.
 *
 * @throws Fault `jar-refused` (`ProgramMissing`) for one that is certainly not there. Where nobody knows, the JobManager finds
 *   out.
 */
export const assertDownloadsExist = async (
  input: Omit<PolicyInput, 'clusterId'>,
  { downloads }: Pick<Ports, 'downloads'>,
): Promise<void> => {
  const addresses = listDownloads(input).slice(0, maxLookups);
  const statuses = await Promise.all(addresses.map((address) => downloads.findMissingStatus(address)));
  const missing = addresses.flatMap((address, index) => {
    const status = statuses[index];
    return status === undefined ? [] : [`${describeUri(address)} is not there: its server answers ${status}.`];
  });
  if (missing.length === 0) return;
  const detail = `${missing.join(' ')} Upload what is missing, or correct the address. Then repeat the command.`;
  throw new Fault('jar-refused', detail, { reason: 'ProgramMissing' });
};
