import { readList } from '#cli/api/pages.ts';
import { path } from '#cli/api/path.ts';
import type { Revisions, RevisionWithSpec } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { UsageError } from '#cli/options/usage-error.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { renderTable } from '#cli/output/table.ts';
import type { ClusterRef } from '#events/names.ts';
import { listMasks, mask } from '#events/secrets.ts';

import { clusterPath } from './clusters.ts';

export type Revision = Revisions['revisions'][number];

/** Prints the revisions of a cluster, newest first. */
export const printRevisions = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  const answer = await readList<Revisions>(context.api, revisionsPath(clusterRef), { items: 'revisions' });
  if (context.json) return context.printJson(answer);
  if (answer.revisions.length === 0) return context.print(`Cluster ${clusterRef.clusterId} has no revisions.`);
  const rows = answer.revisions.map((one) => [
    String(one.number),
    formatTime(one.createdAt),
    one.outcome,
    formatOrigin(one),
    one.image,
    one.jar ?? '',
    one.restoredFrom ?? '',
    one.digest.slice(0, digestLength),
    one.principal,
    formatCause(one),
  ]);
  context.print(
    await renderTable(
      ['REVISION', 'CREATED', 'OUTCOME', 'MADE BY', 'IMAGE', 'JAR', 'RESTORED FROM', 'DIGEST', 'PRINCIPAL', 'CAUSE'],
      rows,
    ),
  );
};

/** What made a revision: `rollback to 6`. */
const formatOrigin = ({ madeBy, specOf }: Revision): string => {
  if (madeBy === undefined) return '';
  if (madeBy === 'in-place') return 'apply in place';
  const isRollback = madeBy === 'rollback' || madeBy === 'automatic-rollback';
  return `${madeBy.replace('-', ' ')}${isRollback && specOf !== undefined ? ` to ${specOf}` : ''}`;
};

/** Enough to tell 20 digests apart. */
const digestLength = 12;

/** Why a revision failed. */
export const formatCause = ({ outcome, problem }: Revision): string =>
  outcome === 'failed' ? [problem?.reason ?? problem?.code, problem?.detail].filter(Boolean).join(': ') : '';

/**
 * Prints the body of a deploy that makes a revision again.
 *
 * @param revision Its number, or `latest`.
 */
export const printSpec = async (clusterRef: ClusterRef, revision: string, context: Context): Promise<void> => {
  const number = revision === 'latest' ? String((await readNewest(clusterRef, context)).number) : revision;
  if (!/^[1-9]\d*$/.test(number))
    throw new UsageError(`"${revision}" is not the number of a revision. Specify a number, or latest.`);
  const exact = context.withExactTexts();
  const found = await exact.api.get<RevisionWithSpec>(`${revisionsPath(clusterRef)}${path`/${number}`}`);
  exact.printJson(found.deploy);
  const masked = listMasks(found.deploy).map((path) => path.join('/'));
  if (masked.length === 0) return;
  const fields = masked.length > maxFields ? [...masked.slice(0, maxFields), '…'] : masked;
  context.printNotice(
    `${mask} stands for a value that may be a secret (${fields.join(', ')}). Drey refuses it: write the values before you deploy the spec.`,
  );
};

/** A notice is one line. */
const maxFields = 10;

/** The newest revision of a cluster. @throws UsageError when it has none. */
export const readNewest = async (clusterRef: ClusterRef, { api }: Context): Promise<Revision> => {
  const {
    revisions: [newest],
  } = await api.get<Revisions>(revisionsPath(clusterRef), { limit: 1 });
  if (newest === undefined) throw new UsageError(`Cluster ${clusterRef.clusterId} has no revisions.`);
  return newest;
};

const revisionsPath = (clusterRef: ClusterRef): string => `${clusterPath(clusterRef)}/revisions`;
