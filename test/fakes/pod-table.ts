interface Container {
  readonly ready: boolean;
  readonly state?: {
    readonly waiting?: { readonly reason?: string };
    readonly terminated?: { readonly exitCode?: number; readonly reason?: string };
  };
}

interface PrintedPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string | undefined };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly initContainerStatuses?: readonly Container[];
    readonly containerStatuses?: readonly Container[];
  };
}

/** The answer of an API server to a list of pods as a table. @see Kubernetes `printPod` */
export const toPodTable = (pods: readonly unknown[]) => ({
  kind: 'Table',
  metadata: {},
  columnDefinitions: ['Name', 'Ready', 'Status', 'Restarts', 'Age'].map((name) => ({ name })),
  rows: pods.map((pod) => ({ cells: toCells(pod as PrintedPod) })), // The members that a pod has.
});

const toCells = ({ metadata: { name, deletionTimestamp }, status = {} }: PrintedPod): readonly unknown[] => {
  const { initContainerStatuses = [], containerStatuses = [] } = status;
  const reason = findReason(initContainerStatuses) ?? findReason(containerStatuses);
  const printed = deletionTimestamp === undefined ? (reason ?? status.reason ?? status.phase) : 'Terminating';
  const ready = containerStatuses.filter((one) => one.ready).length;
  return [name, `${ready}/${Math.max(1, containerStatuses.length)}`, printed, 0, '1m'];
};

const findReason = (containers: readonly Container[]): string | undefined =>
  containers
    .map(
      ({ state }) =>
        state?.waiting?.reason ?? (state?.terminated?.exitCode === 0 ? undefined : state?.terminated?.reason),
    )
    .find((reason) => reason !== undefined);
