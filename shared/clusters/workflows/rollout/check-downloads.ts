import { Fault } from '#events/problems/problem.ts';
import { listDownloads, type PolicyInput } from '#shared/clusters/model/policy/find-policy-errors.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { describeUri } from '#shared/flink/program/uri.ts';

/** All look-ups run at the same time. The limit bounds what one rollout asks for. */
const maxLookups = 20;

/**
 * Checks whether the jars and the script of an application exist where its JobManager will download them.
 *
 * @throws Fault `jar-refused` (`ProgramMissing`) if a server answers 404 or 410. Any other result passes, because the JobManager
 *   reports a download that fails.
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
