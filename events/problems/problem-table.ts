interface ProblemKind {
  readonly title: string;
  /** HTTP status. */
  readonly status: number;
  /** The same request may succeed later without a change. The queue returns such a message and rejects the others. */
  readonly retryable: boolean;
  /** When the problem occurs, in Markdown for docs/problems.md. */
  readonly meaning: string;
  /** What the caller does about it, in Markdown for docs/problems.md. */
  readonly action: string;
}

/**
 * Every failure that Drey names. Codes are public and stable. To add a failure, add a row and throw a `Fault` with its
 * code. Never reuse a code.
 */
export const problems = {
  'malformed-request': {
    title: 'Invalid request',
    status: 400,
    retryable: false,
    meaning: 'The request does not match its schema. `errors` locates each mistake by a JSON pointer.',
    action: 'Correct every field that `errors` lists and send the request again.',
  },
  'access-denied': {
    title: 'Access denied',
    status: 403,
    retryable: false,
    meaning:
      'The token of the caller gives no right to use this route on this target. A signed request that IAM refuses is answered by API Gateway, without a code.',
    action:
      'Ask an operator for the right that the message names ([deploy-to-aws.md](deploy-to-aws.md#callers-with-tokens)).',
  },
  'not-found': {
    title: 'Not found',
    status: 404,
    retryable: false,
    meaning: 'The target, cluster, job, operation, spec or schedule does not exist.',
    action: 'List what exists with `drey targets`, `drey clusters` or `drey list`.',
  },
  'id-taken': {
    title: 'Cluster ID is taken',
    status: 409,
    retryable: false,
    meaning:
      'A live cluster of the target uses the ID, or the namespace contains objects with this ID that Drey did not create. Drey does not change such objects.',
    action: 'Use another ID, stop the cluster, or delete the foreign objects yourself.',
  },
  'namespace-taken': {
    title: 'Namespace belongs to another target',
    status: 409,
    retryable: false,
    meaning:
      'Another target of this stage has the same account, region, EKS cluster and namespace, or had it in the last three minutes. A namespace has one target, because clusters of two targets could reach each other in it ([security.md](security.md)).',
    action: 'Use another namespace. Or use the existing target, or ask an operator to remove it.',
  },
  'wrong-state': {
    title: 'Not allowed in this state',
    status: 409,
    retryable: false,
    meaning:
      'The state of the cluster or job does not allow the command, for example a submit to a session that is STOPPING. A target or spec that is in use cannot be deleted: the message names what uses it.',
    action: 'Check the state with `drey describe ID`. Send the command again when the state allows it.',
  },
  'not-ready': {
    title: 'Cluster is not ready',
    status: 409,
    retryable: true,
    meaning:
      'The cluster is still starting, or an earlier cluster with the same ID is still being stopped or removed. Or another command changes the cluster or the job (`WaitingForRollout`), or starts on the target are paused (`Paused`). A submit does not fail with this problem: it waits for the cluster.',
    action: 'Retry after the time in `Retry-After`. `drey describe ID` shows what the cluster waits for.',
  },
  conflict: {
    title: 'Concurrent modification',
    status: 409,
    retryable: true,
    meaning: 'Other commands changed the same cluster at the same time, several times in a row.',
    action: 'Send the command again.',
  },
  'refused-option': {
    title: 'Option refused',
    status: 422,
    retryable: false,
    meaning:
      'An option has a value that Flink does not accept, is not allowed by the policy of the target, or is not supported by this version. `errors` names each option: `/config/taskmanager.numberOfTaskSlots` is the value of `-Dtaskmanager.numberOfTaskSlots`. Nothing was created.',
    action: 'Correct or remove the options that `errors` lists.',
  },
  'unsupported-mode': {
    title: 'Deployment mode is not supported',
    status: 422,
    retryable: false,
    meaning: 'Drey deploys session and application clusters. Flink has no per-job mode on Kubernetes.',
    action: 'Deploy an application cluster instead (`mode: application`).',
  },
  'key-reused': {
    title: 'Idempotency key was used for another request',
    status: 422,
    retryable: false,
    meaning: 'A different request used the same `Idempotency-Key` within the last seven days.',
    action: 'Use a new key for a new request.',
  },
  'jar-refused': {
    title: 'Jar cannot be used',
    status: 422,
    retryable: false,
    meaning:
      'The jar is not an upload of this target, has expired, exceeds the maximum size of the target, or is not a jar. Uploads are kept for 30 days, and longer while a live job was started from them. Or, in a rollout (`ProgramMissing`), the server of a jar or script of an application answers that it is not there.',
    action: 'Upload the jar to the target and submit it again. Of an application, put the file at its address.',
  },
  'program-failed': {
    title: 'Program did not start a job',
    status: 422,
    retryable: false,
    meaning:
      "Flink accepted the jar, but the program did not start a job: `main()` threw, the entry class does not exist, or the program defines no job. The message is the program's exception.",
    action: 'Fix the program, or name the entry class.',
  },
  'limit-reached': {
    title: 'Limit reached',
    status: 429,
    retryable: true,
    meaning:
      'The admission queue of the target is full: about `maxQueued` commands are queued (`drey queue list` shows them). Or AWS throttles a service that Drey uses: the table, queues, state machines, scheduler or bucket.',
    action: 'Retry after the time in `Retry-After`.',
  },
  'over-limit': {
    title: "Exceeds the target's limits",
    status: 422,
    retryable: false,
    meaning:
      "The command needs more than a limit of the target or of its team's share allows, so it would never start. Or a lifetime ends later than the `maxAge` of the target allows: the message has the latest time ([lifetime.md](lifetime.md)). Or the target already has 100 schedules.",
    action:
      'Request fewer or smaller TaskManagers, a lower parallelism or an earlier end, or delete a schedule. Or raise the limit (`PUT /v1/targets/{target}`).',
  },
  'dependency-failed': {
    title: 'Dependency did not finish',
    status: 424,
    retryable: false,
    meaning: 'A command in `dependsOn` did not end as FINISHED, or the queue rejected it.',
    action:
      'Find out why with `drey operation ID` of the dependency. Correct it, then send this command again with a new key.',
  },
  'not-started': {
    title: 'Not started before its deadline',
    status: 422,
    retryable: false,
    meaning:
      'The command was still queued at its `deadline`, which is 24 hours after its arrival by default, or the deadline had passed when the command arrived. Nothing was created.',
    action:
      'See what occupies the target with `drey queue list`. Send the command again with a new key and a later deadline.',
  },
  'items-failed': {
    title: 'Batch items failed',
    status: 502,
    retryable: false,
    meaning: 'Not every application of the batch finished. `errors` names the first failed items, each with its row.',
    action: 'See all items with `drey wait ID` or `GET /v1/targets/{target}/operations/{operationId}/items`.',
  },
  'flink-path-refused': {
    title: 'Path of Flink is not passed',
    status: 403,
    retryable: false,
    meaning:
      "The API passes the files of Flink's web UI and what the UI reads, and nothing that changes Flink, because that would go round the records of Drey. Or the path or the query is written in another way than the UI writes it.",
    action: 'Use the command that the message names ([flink-ui.md](flink-ui.md)).',
  },
  'flink-ui-disabled': {
    title: "Flink's web UI is switched off",
    status: 403,
    retryable: false,
    meaning: 'The policy of the target has `flinkUi: false` ([policy.md](policy.md)).',
    action: 'Use `drey describe`, `drey list` and `drey logs`, or ask an operator of the target.',
  },
  'answer-too-large': {
    title: "Flink's answer is too large",
    status: 502,
    retryable: false,
    meaning:
      'The answer of the JobManager is larger than the 6 MB that an answer of the API may have, such as a large log. The message has its size, if the JobManager announced it.',
    action: 'Read a log with `drey logs`, or use `kubectl port-forward` as the message says.',
  },
  canceled: {
    title: 'Command canceled while queued',
    status: 409,
    retryable: false,
    meaning:
      'The command, or the batch it belongs to, was canceled while it was queued (`drey queue cancel`). Nothing was created.',
    action: 'Send it again with a new key if it is still needed.',
  },
  'deployment-failed': {
    title: 'Cluster did not start',
    status: 502,
    retryable: false,
    meaning:
      'The cluster did not start. `reason` is the reason of Kubernetes (`ImagePullBackOff`, `CrashLoopBackOff`, `Unschedulable`, `QuotaExceeded`, `DeadlineExceeded` …). The message has its explanation and, of a JobManager that crashes, the cause from its log. Drey removes what it created, unless the deploy says `onFailure: keep`.',
    action: 'Fix the cause and deploy again with a new key.',
  },
  'savepoint-failed': {
    title: 'Savepoint failed',
    status: 502,
    retryable: false,
    meaning:
      "Flink did not take the savepoint or checkpoint, or did not delete the savepoint. The message has Flink's cause. The job keeps running. When a stop requires savepoints (`savepoint: required`), the cluster is kept, and the message names each job whose savepoint failed. It also lists each job that ended after a complete savepoint, with the path of the savepoint. `not all of its tasks run` means that the job was not fully running before the deadline. `JobLostState`: the JobManager died in the meantime, and the job runs again without its state, so that another savepoint would not have it.",
    action:
      'With `JobLostState`, start from the savepoint or checkpoint that the message tells how to find. Submit ended jobs again from their savepoints (`restore: {fromCluster, job}`, or `-s` and the path). See `drey describe` and the log for a job whose tasks do not run. Name a directory if the cluster has no `execution.checkpointing.savepoint-dir`. All pods must be able to write to it.',
  },
  'rescale-failed': {
    title: 'Job was not rescaled',
    status: 502,
    retryable: false,
    meaning:
      'Flink did not run the job with the requested parallelism in the time of the command, because it got too few slots or refused the parallelism. The message has the cause of Flink or Kubernetes. The job keeps its last parallelism.',
    action:
      'Check the capacity of the target with `drey describe ID`. Send the command again with a new key, a smaller parallelism or a longer `within`.',
  },
  'target-refused': {
    title: 'Target refused the request',
    status: 502,
    retryable: false,
    meaning:
      "EKS or the API server of the target refused the request. The message contains the cause. The EKS cluster does not exist, or Drey's role lacks an IAM permission, an access entry or a permission in the namespace. Or AWS did not let the Kubernetes role assume the `roleArn` of the target: the message has what its trust policy needs.",
    action:
      'Check the access of the role ([deploy-to-aws.md](deploy-to-aws.md)). For a target in another account, also check the trust policy of its role and the `externalId` of the target.',
  },
  'target-unreachable': {
    title: 'Target is unreachable',
    status: 503,
    retryable: true,
    meaning: 'The EKS API, the API server or Flink did not answer. The message has the attempted request.',
    action: 'Retry later. Check the network path if the problem persists.',
  },
  'deadline-exceeded': {
    title: 'Deadline exceeded',
    status: 504,
    retryable: true,
    meaning:
      'The command exceeded its time limit, or an AWS service did not answer in time. A savepoint, checkpoint or stop of a job is not started if not all tasks of the job run within 30 minutes.',
    action: 'Repeat the request with the same `Idempotency-Key`: an operation that is still open continues.',
  },
  superseded: {
    title: 'Superseded by a later command',
    status: 409,
    retryable: false,
    meaning:
      'A stop arrived while the deploy was in progress, the cluster that a command was meant for has been replaced, a newer command has taken the place of a rollout, or a job was canceled during its apply.',
    action: 'Nothing, if the later command was intended. Otherwise send the command again with a new key.',
  },
  'revision-mismatch': {
    title: 'Another revision is current',
    status: 412,
    retryable: false,
    meaning: 'The command names a revision (`ifRevision` or `If-Match`), and the cluster ID has another current one.',
    action:
      'Look at what has changed with `drey revisions ID` and `drey diff -f FILE`, then send the command again with the current revision.',
  },
  'plan-mismatch': {
    title: 'The plan no longer holds',
    status: 412,
    retryable: false,
    meaning:
      'The `planDigest` of the command is that of another plan: the spec, the options of the rollout about state, the current revision or the settings of the target differ.',
    action: 'Make a new plan with `drey diff -f FILE`, and apply it with the same options.',
  },
  'rollout-failed': {
    title: 'Rollout failed',
    status: 502,
    retryable: false,
    meaning:
      'The new revision was not stable, or the old one ended without its state. `reason` and the message have the cause. `rolledBackTo` of the operation is the revision whose spec runs again. Without it, the cluster runs the new revision, or is SUSPENDED with its state.',
    action: 'Fix the cause and apply again ([rollouts.md](rollouts.md)).',
  },
  'version-mismatch': {
    title: 'Written by another version of Drey',
    status: 503,
    retryable: true,
    meaning:
      'A function cannot read a record, message or workflow step, because a newer version of Drey wrote it: a rollback or a gradual update is in progress. Nothing was changed.',
    action:
      'Retry. If the problem persists after the rollback, deploy the newer version again ([architecture.md](architecture.md#updates-and-rollbacks)).',
  },
  internal: {
    title: 'Internal error',
    status: 500,
    retryable: true,
    meaning: 'An unexpected error occurred in Drey. The log contains the error with the request ID.',
    action: 'Retry. If the problem persists, search the log of the function for the request ID.',
  },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;
