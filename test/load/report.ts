import type { DeploymentWatch } from './deployments.ts';
import { checkHistory, type History, listRefillSeconds, maxAdmitted, median } from './history.ts';
import type { LoadMessages } from './messages.ts';

export interface LoadReport {
  readonly violations: readonly string[];
  readonly commands: number;
  readonly messages: number;
  readonly sendSeconds: number;
  /** From the first message sent to the last command recorded. */
  readonly acceptSeconds: number;
  /** From the first message sent to the last Deployment created. */
  readonly applySeconds: number;
  readonly maxLive: number;
  readonly killed: number;
  /** The median position among the clusters that started, of the noisy team and of the quiet teams. */
  readonly medianStart: { readonly noisy: number; readonly quiet: number };
  /** Seconds between the end of a cluster and the admission of the next one. Undefined when no command waited for a place. */
  readonly medianRefillSeconds: number | undefined;
}

interface LoadResult {
  readonly sent: LoadMessages;
  readonly histories: readonly History[];
  readonly watch: DeploymentWatch;
  readonly limit: number | undefined;
  readonly rejected: number;
  readonly killed: number;
  readonly startedAt: number;
  readonly sendSeconds: number;
}

export const makeReport = (result: LoadResult): LoadReport => {
  const refills = listRefillSeconds(result.histories, result.limit ?? Infinity);
  const { sent, histories, watch, killed, startedAt, sendSeconds } = result;
  const recorded = histories.map(([first]) => Date.parse(first?.at ?? ''));
  const created = [...watch.created.values()].map(({ at }) => at);
  const positions = listStartPositions(result);
  return {
    violations: listViolations(result),
    commands: sent.commands.length,
    messages: sent.messages.length,
    sendSeconds,
    acceptSeconds: (Math.max(...recorded) - startedAt) / 1000,
    applySeconds: (Math.max(...created) - startedAt) / 1000,
    maxLive: watch.maxLive,
    killed,
    medianStart: { noisy: median(positions(true)), quiet: median(positions(false)) },
    medianRefillSeconds: refills.length === 0 ? undefined : median(refills),
  };
};

const listViolations = ({ sent, histories, watch, limit = Infinity, rejected }: LoadResult): readonly string[] => {
  const admitted = maxAdmitted(histories);
  return [
    ...histories.flatMap((history, index) => checkHistory(history, sent.commands[index]?.clusterId ?? '')),
    ...[...watch.created].flatMap(([clusterId, { uids }]) =>
      uids.size === 1 ? [] : [`${clusterId} was created ${uids.size} times`],
    ),
    ...(watch.maxLive > limit ? [`${watch.maxLive} clusters were live at once`] : []),
    ...(admitted > limit ? [`${admitted} clusters were admitted at once`] : []),
    ...(rejected === sent.malformed ? [] : [`${rejected} messages were rejected of ${sent.malformed} malformed`]),
  ];
};

/** The positions of a team's clusters in the order in which all clusters started. */
const listStartPositions = ({ sent, histories }: LoadResult) => {
  const starts = histories
    .map((history, index) => ({
      team: sent.commands[index]?.team,
      at: Date.parse(history.find(({ to }) => to === 'REQUESTED')?.at ?? ''),
    }))
    .toSorted((one, other) => one.at - other.at);
  return (isNoisy: boolean): readonly number[] =>
    starts.flatMap(({ team }, position) => ((team === 'noisy') === isNoisy ? [position] : []));
};
