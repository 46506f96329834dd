import { readList } from '#cli/api/pages.ts';
import type { KeptLogsList } from '#cli/api/responses.ts';
import type { Context } from '#cli/context.ts';
import { formatBytes } from '#cli/output/bytes.ts';
import { formatTime } from '#cli/output/local-time.ts';
import { loadTable, renderTable } from '#cli/output/table.ts';
import type { ClusterRef } from '#events/names.ts';

import { clusterPath } from './clusters.ts';

/** Prints what is kept of the last incarnations of a cluster, and what could not be kept. */
export const printKeptLogs = async (clusterRef: ClusterRef, context: Context): Promise<void> => {
  void loadTable();
  const answer = await readList<KeptLogsList>(context.api, `${clusterPath(clusterRef)}/kept-logs`, {
    items: 'incarnations',
  });
  if (context.json) return context.printJson(answer);
  const rows = answer.incarnations.flatMap(({ operationId, revision, files }) =>
    files.map((file) => [
      operationId,
      revision === undefined ? '' : String(revision),
      formatTime(file.at),
      file.kind,
      file.pod ?? '',
      file.restart === undefined ? '' : String(file.restart),
      `${formatBytes(file.bytes)}${file.truncated === true ? ' (newest)' : ''}`,
    ]),
  );
  if (rows.length === 0) context.print(`No logs of cluster ${clusterRef.clusterId} are kept.`);
  else context.print(await renderTable(['INCARNATION', 'REVISION', 'KEPT', 'KIND', 'POD', 'RESTART', 'SIZE'], rows));
  for (const { operationId, leftOut } of answer.incarnations)
    for (const { name, reason } of leftOut)
      context.printNotice(`${name} of deploy ${operationId} is not kept: ${reason}`);
};
