/** The types of the HTTP API. `npm run generate` writes this file from events/openapi.json. */
export interface paths {
    "/v1/targets/{target}/clusters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the clusters of a target. */
        get: operations["getTargetsClusters"];
        put?: never;
        /** Start a Flink cluster (`kubernetes-session.sh`, `flink run-application`). */
        post: operations["postTargetsClusters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the jobs of a cluster (`flink list`). */
        get: operations["getTargetsClustersJobs"];
        put?: never;
        /** Submit a job to a session (`flink run`). */
        post: operations["postTargetsClustersJobs"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a job (`flink cancel`). */
        post: operations["postTargetsClustersJobsCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a cluster (`echo 'stop' | kubernetes-session.sh`). */
        post: operations["postTargetsClustersStop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the lifetime of a live cluster. */
        post: operations["postTargetsClustersExtend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Deploy or apply one spec for each row of a list of parameters. */
        post: operations["postTargetsBatches"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/savepoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a savepoint of a running job (`flink savepoint`). */
        post: operations["postTargetsClustersJobsSavepoints"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/checkpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a checkpoint of a running job (`flink checkpoint`). */
        post: operations["postTargetsClustersJobsCheckpoints"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/stop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a job with a savepoint (`flink stop`). */
        post: operations["postTargetsClustersJobsStop"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/savepoint-disposals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete a savepoint (`flink savepoint -d`). The cluster must have access to it. */
        post: operations["postTargetsClustersSavepointdisposals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a cluster. */
        get: operations["getTargetsClustersOne"];
        /** Make a cluster run this spec. A running cluster keeps its state. */
        put: operations["putTargetsClustersOne"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a cluster run the spec of an earlier revision. It keeps its state. */
        post: operations["postTargetsClustersRollback"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a cluster again with the same spec. It keeps its state. */
        post: operations["postTargetsClustersRestart"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/suspend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a cluster, and keep its spec and its state. It takes no capacity. */
        post: operations["postTargetsClustersSuspend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a suspended cluster from its state. */
        post: operations["postTargetsClustersResume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/snapshots/{snapshotId}/disposal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete a savepoint of the catalogue that no revision and no live job of the cluster was restored from. */
        post: operations["postTargetsClustersSnapshotsDisposal"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}/rescale": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the parallelism of a running job without a restart of its program. */
        post: operations["postTargetsClustersJobsRescale"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a job. */
        get: operations["getTargetsClustersJobsOne"];
        /** Run another program or other options in place of a job of a session. The job keeps its state. */
        put: operations["putTargetsClustersJobsOne"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the targets. */
        get: operations["getTargets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Create or update a target. */
        put: operations["putTargetsOne"];
        post?: never;
        /** Delete a target that is not in use. Its history is kept. */
        delete: operations["deleteTargetsOne"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check the access to a target: roles, permissions and protection of its namespace. */
        get: operations["getTargetsCheck"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the transitions of a cluster and its jobs, in order. */
        get: operations["getTargetsClustersEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/revisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the last 20 revisions of a cluster ID, newest first. */
        get: operations["getTargetsClustersRevisions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/revisions/{revision}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a revision of a cluster ID with its spec. */
        get: operations["getTargetsClustersRevisionsOne"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the savepoints and checkpoints that were taken of a cluster ID, newest first. */
        get: operations["getTargetsClustersSnapshots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/snapshots/{snapshotId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a savepoint or checkpoint of a cluster ID. */
        get: operations["getTargetsClustersSnapshotsOne"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the last lines of a log, or the kept ones of a cluster that has ended. */
        get: operations["getTargetsClustersLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/kept-logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the logs and other files that are kept of the last 20 incarnations of a cluster ID. */
        get: operations["getTargetsClustersKeptlogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/job-plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compute the job plan of a program on a session, without starting it (`flink info`). */
        post: operations["postTargetsClustersJobplans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/clusters/{clusterId}/flink/{proxy}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a file of Flink's web UI, or what the UI reads of Flink's REST API. */
        get: operations["getTargetsClustersFlinkOne"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Create a presigned URL for the upload of a file. */
        post: operations["postTargetsUploads"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/plans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Show what a deploy would create, and what an apply would change, without doing it. */
        post: operations["postTargetsPlans"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/specs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the stored specs of a target, without their content. */
        get: operations["getTargetsSpecs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/specs/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a stored spec. */
        get: operations["getTargetsSpecsOne"];
        /** Store the body of a deploy under a name. */
        put: operations["putTargetsSpecsOne"];
        post?: never;
        /** Delete a stored spec that no schedule uses. Clusters that were deployed from it keep running. */
        delete: operations["deleteTargetsSpecsOne"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/schedules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the schedules of a target. */
        get: operations["getTargetsSchedules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/schedules/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a schedule. */
        get: operations["getTargetsSchedulesOne"];
        /** Create or update a schedule that stops clusters or deploys a stored spec. */
        put: operations["putTargetsSchedulesOne"];
        post?: never;
        /** Delete a schedule. Its runs are kept. */
        delete: operations["deleteTargetsSchedulesOne"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/schedules/{name}/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the runs of a schedule with the result for each cluster, newest first. */
        get: operations["getTargetsSchedulesRuns"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/orphans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List objects of Flink clusters that belong to no cluster of Drey. */
        get: operations["getTargetsOrphans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/orphans/removal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Delete orphans. */
        post: operations["postTargetsOrphansRemoval"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/operations/{operationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the status of an operation. */
        get: operations["getTargetsOperationsOne"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/operations/{operationId}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the items of a batch with their verdicts. */
        get: operations["getTargetsOperationsItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the admission queue of a target: queued commands, usage and limits. */
        get: operations["getTargetsQueue"];
        /** Pause or resume the admission queue of a target. */
        put: operations["putTargetsQueue"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/queue/{operationId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Change the priority of a queued command. */
        put: operations["putTargetsQueueOne"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/targets/{target}/queue/{operationId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Cancel a queued command, or every queued command of a batch. */
        post: operations["postTargetsQueueCancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the dead letters of the command queue with the reason of each. */
        get: operations["getDeadletters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Redrive dead letters to the command queue. */
        post: operations["postDeadlettersRedrive"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the OpenAPI description. */
        get: operations["getOpenapijson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Check that the API responds. */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Deploy: {
            /** @enum {string} */
            mode: "session" | "application" | "per-job";
            /**
             * @description Generated when omitted.
             * @example my-first-flink-cluster
             */
            clusterId?: string;
            /**
             * @description Flink options, like -Dkey=value.
             * @example {
             *       "taskmanager.numberOfTaskSlots": "4"
             *     }
             */
            config?: {
                [key: string]: string | number | boolean;
            };
            /**
             * @description Short form of kubernetes.container.image.ref.
             * @example flink:2.2
             */
            image?: string;
            /** @description The program of an application cluster. */
            job?: components["schemas"]["ApplicationJob"];
            /**
             * @description Of a session: the jobs to submit again when the session runs. An application has `restore` in `job`.
             * @example {
             *       "fromCluster": "office",
             *       "latest": true,
             *       "allowEmptyState": true
             *     }
             */
            restore?: components["schemas"]["RestoreJobs"];
            /**
             * @description Flink version of the image. Default: from the tag of an image whose name has the word flink, or else 2.3.
             * @enum {string}
             */
            flinkVersion?: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
            /** @description Pod templates, like `kubernetes.pod-template-file.*`. */
            podTemplates?: {
                default?: components["schemas"]["PodTemplate"];
                jobmanager?: components["schemas"]["PodTemplate"];
                taskmanager?: components["schemas"]["PodTemplate"];
            };
            /** @description Logging configuration. Default: Drey's log4j-console.properties. */
            files?: {
                [key: string]: string;
            };
            /** @description Hadoop configuration to mount. */
            hadoop?: {
                [key: string]: string;
            };
            /** @description Keytab of `security.kerberos.login.principal` and krb5.conf to mount. */
            kerberos?: {
                keytab?: {
                    name: string;
                    /** Format: base64 */
                    base64: string;
                };
                krb5Conf?: string;
            };
            /**
             * @description When Drey stops the cluster. Without a lifetime it runs until a stop, or until the `maxAge` of the target.
             * @example {
             *       "ttl": "8h",
             *       "savepoint": "best-effort"
             *     }
             */
            lifetime?: {
                /**
                 * @description Time from start to end of the cluster.
                 * @example 8h
                 */
                ttl?: string;
                /**
                 * Format: date-time
                 * @description End of the cluster. If `ttl` is also set, the earlier end applies.
                 */
                until?: string;
                /**
                 * @description Stops a session after Flink has reported no live job for this long. A session that does not respond is not idle.
                 * @example 8h
                 */
                idleAfter?: string;
                /**
                 * @description Whether each job is stopped with a savepoint first. If a required savepoint fails, the cluster keeps running.
                 * @default none
                 * @enum {string}
                 */
                savepoint: "none" | "best-effort" | "required";
                /**
                 * Format: uri
                 * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
                 */
                savepointDirectory?: string;
                /**
                 * @description Whether high-availability data is kept or deleted. A new cluster with the same ID recovers its jobs from it. `purge` without savepoints cancels the jobs, so that Flink deletes the data.
                 * @default keep
                 * @enum {string}
                 */
                ha: "keep" | "purge";
                /**
                 * @description Time from the event `Flink Lifetime Warning` to the end. 0s: no warning.
                 * @default 10min
                 */
                warnBefore: string | "0s";
            };
            /**
             * @description Savepoints that Drey takes of each running job by itself.
             * @example {
             *       "every": "6h",
             *       "keep": 5,
             *       "maxAge": "7d",
             *       "notBetween": [
             *         "Mon-Fri 08:00-10:00 Europe/Berlin"
             *       ]
             *     }
             */
            snapshots?: {
                /**
                 * @description Time between two savepoints of a job.
                 * @example 6h
                 */
                every: string;
                /**
                 * @description How many savepoints of this policy are kept of each job name. Older ones are disposed of.
                 * @default 5
                 */
                keep: number;
                /**
                 * @description Age after which a savepoint of this policy is disposed of. The newest one of each job name is kept.
                 * @example 8h
                 */
                maxAge?: string;
                /** @description Spans in which no savepoint is taken. It is taken afterwards. */
                notBetween?: string[];
                /**
                 * @description Directory of the savepoint. Default: the savepoint directory of the cluster.
                 * @example s3://bucket/savepoints
                 */
                directory?: string;
            };
            /**
             * @description Whether the objects of a failed deploy are removed, or kept for diagnosis until the cluster is stopped or its ID is deployed again.
             * @default remove
             * @enum {string}
             */
            onFailure: "remove" | "keep";
            /**
             * @description Labels of the cluster, for queries and events.
             * @default {}
             * @example {
             *       "team": "etl"
             *     }
             */
            labels: {
                [key: string]: string;
            };
            /**
             * @description Queued commands with a higher priority start first.
             * @default 0
             */
            priority: number;
            /**
             * Format: date-time
             * @description The command fails if it has not started by then. Default: 24 hours after its arrival.
             */
            deadline?: string;
            /**
             * @description Operation IDs, or idempotency keys of the same target, that must be FINISHED before the command starts.
             * @default []
             */
            dependsOn: string[];
            /** @description Identifies the command in the event of its verdict. */
            correlationId?: string;
            /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
            taskToken?: string;
        };
        ApplicationJob: {
            /**
             * @description URI of the jar: local:// in the image, or s3:// or https:// that the JobManager fetches.
             * @example local:///opt/flink/usrlib/my-flink-job.jar
             */
            jar: string;
            entryClass?: string;
            /** @default [] */
            args: string[];
            parallelism?: number;
            /** @description Additional classpath URLs of the program. */
            classpaths?: string[];
            restore?: {
                /** @description Path of a savepoint or retained checkpoint. */
                path?: string;
                /**
                 * @description A cluster of the same target, instead of `path`. The job starts from the final savepoint of a job of this cluster.
                 * @example my-first-flink-cluster
                 */
                fromCluster?: string;
                /**
                 * @description ID of a COMPLETED snapshot of any cluster of the same target, instead of `path`.
                 * @example 0192f6d27d5c7b0e8f4e0f6f4f3f2a14
                 */
                snapshot?: string;
                /**
                 * @description Selects the last incarnation that had a job. `true` is the default and the only valid value.
                 * @constant
                 */
                latest?: true;
                /** @description Name or ID of the job. Required if the incarnation has savepoints of several jobs. */
                job?: string;
                /** @description Start with empty state if there is no such savepoint. Default: refuse the command. */
                allowEmptyState?: boolean;
                /** @description Drop state of operators that the program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does. */
                allowNonRestoredState?: boolean;
                /**
                 * @description Whether Flink takes ownership of the savepoint, as `execution.state-recovery.claim-mode` does.
                 * @enum {string}
                 */
                claimMode?: "NO_CLAIM" | "CLAIM" | "LEGACY";
            };
        } | {
            sql: components["schemas"]["SqlProgram"];
            parallelism?: number;
            /** @description Additional classpath URLs of the program. */
            classpaths?: string[];
            restore?: {
                /** @description Path of a savepoint or retained checkpoint. */
                path?: string;
                /**
                 * @description A cluster of the same target, instead of `path`. The job starts from the final savepoint of a job of this cluster.
                 * @example my-first-flink-cluster
                 */
                fromCluster?: string;
                /**
                 * @description ID of a COMPLETED snapshot of any cluster of the same target, instead of `path`.
                 * @example 0192f6d27d5c7b0e8f4e0f6f4f3f2a14
                 */
                snapshot?: string;
                /**
                 * @description Selects the last incarnation that had a job. `true` is the default and the only valid value.
                 * @constant
                 */
                latest?: true;
                /** @description Name or ID of the job. Required if the incarnation has savepoints of several jobs. */
                job?: string;
                /** @description Start with empty state if there is no such savepoint. Default: refuse the command. */
                allowEmptyState?: boolean;
                /** @description Drop state of operators that the program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does. */
                allowNonRestoredState?: boolean;
                /**
                 * @description Whether Flink takes ownership of the savepoint, as `execution.state-recovery.claim-mode` does.
                 * @enum {string}
                 */
                claimMode?: "NO_CLAIM" | "CLAIM" | "LEGACY";
            };
        } | {
            python: {
                /**
                 * @description Python file with the program (`-py`): a file of the image, or a path of `sources`.
                 * @example local:///opt/flink/usrlib/word_count.py
                 */
                file?: string;
                /** @description Module with the program, instead of `file` (`-pym`). `files` contains it. */
                module?: string;
                /**
                 * @description Python files, folders and packages that the program imports (`-pyfs`, `python.files`).
                 * @example [
                 *       "s3://bucket/helpers.zip"
                 *     ]
                 */
                files?: string[];
                /**
                 * @description Requirements that TaskManagers install with pip; after #, the folder with the packages (`-pyreq`, `python.requirements`).
                 * @example requirements.txt
                 */
                requirements?: string;
                /**
                 * @description Archives to extract; after #, the name of the folder (`-pyarch`, `python.archives`).
                 * @example [
                 *       "s3://bucket/venv.zip#venv"
                 *     ]
                 */
                archives?: string[];
                /**
                 * @description Python interpreter of the TaskManagers (`-pyexec`, `python.executable`).
                 * @example venv/bin/python
                 */
                executable?: string;
                /** @description Python interpreter of the JobManager, which runs the program (`-pyclientexec`, `python.client.executable`). */
                clientExecutable?: string;
                /** @description PYTHONPATH of the TaskManagers (`-pypath`, `python.pythonpath`). */
                pythonPath?: string;
                /**
                 * @description Files of the caller, by path: text, or base64 of any content. Drey mounts them into the JobManager. Together they have at most 1 MiB.
                 * @example {
                 *       "word_count.py": "print('...')"
                 *     }
                 */
                sources?: {
                    [key: string]: string | {
                        /** Format: base64 */
                        base64: string;
                    };
                };
            };
            /** @default [] */
            args: string[];
            parallelism?: number;
            /** @description Additional classpath URLs of the program. */
            classpaths?: string[];
            restore?: {
                /** @description Path of a savepoint or retained checkpoint. */
                path?: string;
                /**
                 * @description A cluster of the same target, instead of `path`. The job starts from the final savepoint of a job of this cluster.
                 * @example my-first-flink-cluster
                 */
                fromCluster?: string;
                /**
                 * @description ID of a COMPLETED snapshot of any cluster of the same target, instead of `path`.
                 * @example 0192f6d27d5c7b0e8f4e0f6f4f3f2a14
                 */
                snapshot?: string;
                /**
                 * @description Selects the last incarnation that had a job. `true` is the default and the only valid value.
                 * @constant
                 */
                latest?: true;
                /** @description Name or ID of the job. Required if the incarnation has savepoints of several jobs. */
                job?: string;
                /** @description Start with empty state if there is no such savepoint. Default: refuse the command. */
                allowEmptyState?: boolean;
                /** @description Drop state of operators that the program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does. */
                allowNonRestoredState?: boolean;
                /**
                 * @description Whether Flink takes ownership of the savepoint, as `execution.state-recovery.claim-mode` does.
                 * @enum {string}
                 */
                claimMode?: "NO_CLAIM" | "CLAIM" | "LEGACY";
            };
        };
        SqlProgram: {
            /**
             * @description The statements of the script. They are in the ConfigMap and in the log of the cluster, so they must not contain secrets.
             * @example CREATE TABLE t (id INT) WITH ('connector' = 'datagen');
             *     CREATE TABLE o (id INT) WITH ('connector' = 'print');
             *     INSERT INTO o SELECT id FROM t;
             */
            script?: string;
            /**
             * @description URI of the script, instead of `script`: local:// in the image, or s3:// or https://.
             * @example s3://bucket/etl.sql
             */
            scriptUri?: string;
        };
        RestoreJobs: {
            /**
             * @description A session of the same target. Each job that ran when the session was stopped starts from its savepoint.
             * @example my-first-flink-cluster
             */
            fromCluster: string;
            /**
             * @description Selects the last incarnation that had a job. `true` is the default and the only valid value.
             * @constant
             */
            latest?: true;
            /** @description Restore only the jobs with this name, or the job with this ID. */
            job?: string;
            /** @description Start without jobs if the session was stopped without jobs, and start a job with empty state if its savepoint failed. Default: refuse the command. */
            allowEmptyState?: boolean;
            /** @description Drop state of operators that the program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does. */
            allowNonRestoredState?: boolean;
            /**
             * @description Whether Flink takes ownership of the savepoint, as `execution.state-recovery.claim-mode` does.
             * @enum {string}
             */
            claimMode?: "NO_CLAIM" | "CLAIM" | "LEGACY";
        };
        /** @description A pod of Kubernetes (`metadata`, `spec`). A field of another type than that of Kubernetes is refused. */
        PodTemplate: {
            [key: string]: unknown;
        };
        Submit: {
            /** @description The `jar` of an upload. */
            jar?: string;
            /** @description A SQL script, instead of `jar`. */
            sql?: components["schemas"]["SqlProgram"];
            entryClass?: string;
            /** @default [] */
            args: string[];
            parallelism?: number;
            restore?: {
                /** @description Path of a savepoint or retained checkpoint. */
                path?: string;
                /**
                 * @description A cluster of the same target, instead of `path`. The job starts from the final savepoint of a job of this cluster.
                 * @example my-first-flink-cluster
                 */
                fromCluster?: string;
                /**
                 * @description ID of a COMPLETED snapshot of any cluster of the same target, instead of `path`.
                 * @example 0192f6d27d5c7b0e8f4e0f6f4f3f2a14
                 */
                snapshot?: string;
                /**
                 * @description Selects the last incarnation that had a job. `true` is the default and the only valid value.
                 * @constant
                 */
                latest?: true;
                /** @description Name or ID of the job. Required if the incarnation has savepoints of several jobs. */
                job?: string;
                /** @description Start with empty state if there is no such savepoint. Default: refuse the command. */
                allowEmptyState?: boolean;
                /** @description Drop state of operators that the program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does. */
                allowNonRestoredState?: boolean;
                /**
                 * @description Whether Flink takes ownership of the savepoint, as `execution.state-recovery.claim-mode` does.
                 * @enum {string}
                 */
                claimMode?: "NO_CLAIM" | "CLAIM" | "LEGACY";
            };
            /**
             * @description Flink options, like -Dkey=value.
             * @example {
             *       "taskmanager.numberOfTaskSlots": "4"
             *     }
             */
            config?: {
                [key: string]: string | number | boolean;
            };
            /**
             * @description Queued commands with a higher priority start first.
             * @default 0
             */
            priority: number;
            /**
             * Format: date-time
             * @description The command fails if it has not started by then. Default: 24 hours after its arrival.
             */
            deadline?: string;
            /**
             * @description Operation IDs, or idempotency keys of the same target, that must be FINISHED before the command starts.
             * @default []
             */
            dependsOn: string[];
            /** @description Identifies the command in the event of its verdict. */
            correlationId?: string;
            /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
            taskToken?: string;
        };
        Stop: {
            /**
             * @description Whether each job is stopped with a savepoint first. If a required savepoint fails, the cluster keeps running.
             * @default none
             * @enum {string}
             */
            savepoint: "none" | "best-effort" | "required";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /**
             * @description Whether high-availability data is kept or deleted. A new cluster with the same ID recovers its jobs from it. `purge` without savepoints cancels the jobs, so that Flink deletes the data.
             * @default keep
             * @enum {string}
             */
            ha: "keep" | "purge";
            /** @description Reason in the events of the stop. */
            reason?: string;
        };
        /** @description Fields that are not set keep their values. */
        Extend: {
            /**
             * @description Time from this command to the end of the cluster. Also replaces `until`.
             * @example 8h
             */
            ttl?: string;
            /**
             * Format: date-time
             * @description End of the cluster. Replaces `ttl` as well.
             */
            until?: string;
            /**
             * @description Stops a session after Flink has reported no live job for this long. A session that does not respond is not idle.
             * @example 8h
             */
            idleAfter?: string;
            /** @enum {string} */
            savepoint?: "none" | "best-effort" | "required";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /** @enum {string} */
            ha?: "keep" | "purge";
            /** @description Time from the event `Flink Lifetime Warning` to the end. 0s: no warning. */
            warnBefore?: string | "0s";
        };
        Batch: {
            /**
             * @description Name of the batch. Without a `clusterId` in the template, the clusters are NAME-0, NAME-1 …
             * @example nightly
             */
            name: string;
            /**
             * @description deploy: each row starts an application, and has the verdict of its program. apply: each row makes its cluster run the spec, and is FINISHED when it does.
             * @default deploy
             * @enum {string}
             */
            command: "deploy" | "apply";
            /**
             * @description The body of a deploy in application mode, or of an apply. In every string, `${param.NAME}` is replaced by the parameter of the row, and `${param.index}` by the number of the row, starting at 0.
             * @example {
             *       "mode": "application",
             *       "image": "registry/etl:7",
             *       "job": {
             *         "jar": "local:///opt/flink/usrlib/etl.jar",
             *         "args": [
             *           "--day",
             *           "${param.day}"
             *         ]
             *       }
             *     }
             */
            template: {
                [key: string]: unknown;
            };
            /**
             * @example [
             *       {
             *         "day": "2026-11-22"
             *       },
             *       {
             *         "day": "2026-11-23"
             *       }
             *     ]
             */
            parameters: {
                [key: string]: string | number | boolean;
            }[];
            correlationId?: string;
            taskToken?: string;
        };
        DisposeSavepoint: {
            path: string;
        };
        Rollback: {
            /** @description Number of the revision. Default: the last stable revision whose spec differs from that of the current one, or from that which the rollout in progress brings. */
            to?: number;
            /**
             * @description Also go back to a revision that failed. Otherwise it is refused.
             * @default false
             */
            allowFailed: boolean;
            /**
             * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
             * @default savepoint
             * @enum {string}
             */
            state: "savepoint" | "last-state" | "none";
            /**
             * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
             * @enum {string}
             */
            fallback?: "last-state" | "none";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /**
             * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
             * @default false
             */
            allowNonRestoredState: boolean;
            /**
             * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
             * @default 5min
             * @example 5min
             */
            stableWithin: string;
            /**
             * @description How many times Flink may restart a job within `stableWithin`.
             * @default 0
             */
            maxRestarts: number;
            /**
             * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
             * @default rollback
             * @enum {string}
             */
            onFailure: "rollback" | "keep";
            /** @description The command is refused (`revision-mismatch`) unless this is the current revision of the cluster ID. The header `If-Match` sets it as well. */
            ifRevision?: number;
            /** @description Identifies the command in the event of its verdict. */
            correlationId?: string;
            /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
            taskToken?: string;
        };
        Restart: {
            /**
             * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
             * @default savepoint
             * @enum {string}
             */
            state: "savepoint" | "last-state" | "none";
            /**
             * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
             * @enum {string}
             */
            fallback?: "last-state" | "none";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /**
             * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
             * @default false
             */
            allowNonRestoredState: boolean;
            /**
             * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
             * @default 5min
             * @example 5min
             */
            stableWithin: string;
            /**
             * @description How many times Flink may restart a job within `stableWithin`.
             * @default 0
             */
            maxRestarts: number;
            /**
             * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
             * @default rollback
             * @enum {string}
             */
            onFailure: "rollback" | "keep";
            /** @description The command is refused (`revision-mismatch`) unless this is the current revision of the cluster ID. The header `If-Match` sets it as well. */
            ifRevision?: number;
            /** @description Identifies the command in the event of its verdict. */
            correlationId?: string;
            /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
            taskToken?: string;
        };
        Suspend: {
            /**
             * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
             * @default savepoint
             * @enum {string}
             */
            state: "savepoint" | "last-state" | "none";
            /**
             * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
             * @enum {string}
             */
            fallback?: "last-state" | "none";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /** @description The command is refused (`revision-mismatch`) unless this is the current revision of the cluster ID. The header `If-Match` sets it as well. */
            ifRevision?: number;
            /** @description Identifies the command in the event of its verdict. */
            correlationId?: string;
            /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
            taskToken?: string;
        };
        Resume: {
            /**
             * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
             * @default false
             */
            allowNonRestoredState: boolean;
            /**
             * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
             * @default 5min
             * @example 5min
             */
            stableWithin: string;
            /**
             * @description How many times Flink may restart a job within `stableWithin`.
             * @default 0
             */
            maxRestarts: number;
            /**
             * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
             * @default rollback
             * @enum {string}
             */
            onFailure: "rollback" | "keep";
            /** @description The command is refused (`revision-mismatch`) unless this is the current revision of the cluster ID. The header `If-Match` sets it as well. */
            ifRevision?: number;
            /** @description Identifies the command in the event of its verdict. */
            correlationId?: string;
            /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
            taskToken?: string;
        };
        Target: {
            /** @description The name of the EKS cluster. */
            cluster: string;
            region: string;
            /** @description Remote role, for an EKS cluster in another account. The Kubernetes role assumes it. */
            roleArn?: string;
            /** @description External ID that the trust policy of the remote role requires. Needs `roleArn`. */
            externalId?: string;
            namespace: string;
            /**
             * @description Default Flink options of every deploy.
             * @example {
             *       "kubernetes.service-account": "flink"
             *     }
             */
            defaults?: {
                [key: string]: string | number | boolean;
            };
            /**
             * @description What commands may do. Every member has a safe default.
             * @example {
             *       "podSecurity": "restricted",
             *       "images": [
             *         "registry.example.com/*"
             *       ]
             *     }
             */
            policy?: components["schemas"]["Policy"];
            /**
             * @description Maximum size of an uploaded jar.
             * @default 500000000
             */
            maxJarBytes: number;
            /**
             * @description Maximum lifetime of a cluster, and the default for a cluster without a lifetime.
             * @example 8h
             */
            maxAge?: string;
            /**
             * @description Maximum concurrent usage. Commands that exceed it are queued.
             * @default {}
             * @example {
             *       "clusters": 20,
             *       "cpu": 64,
             *       "memoryGibibytes": 256
             *     }
             */
            limits: {
                clusters?: number;
                /** @description Applications and jobs on sessions. */
                jobs?: number;
                /** @description Sum of CPU requests of the pods. */
                cpu?: number;
                /** @description Sum of memory requests of the pods. */
                memoryGibibytes?: number;
            };
            /**
             * @description Limits and weight of each team (label `team`) in the admission queue. `*` applies to every team without an entry.
             * @default {}
             * @example {
             *       "etl": {
             *         "weight": 3
             *       },
             *       "*": {
             *         "clusters": 5
             *       }
             *     }
             */
            shares: {
                [key: string]: {
                    clusters?: number;
                    /** @description Applications and jobs on sessions. */
                    jobs?: number;
                    /** @description Sum of CPU requests of the pods. */
                    cpu?: number;
                    /** @description Sum of memory requests of the pods. */
                    memoryGibibytes?: number;
                    /** @default 1 */
                    weight: number;
                };
            };
            /**
             * @description Approximate maximum number of queued commands. A command that fits the free capacity may exceed it.
             * @default 5000
             */
            maxQueued: number;
        };
        Policy: {
            /**
             * @description The level of Kubernetes' Pod Security Standards that all pods keep: `restricted`, `baseline` or `privileged`.
             * @default baseline
             * @enum {string}
             */
            podSecurity: "restricted" | "baseline" | "privileged";
            /**
             * @description Images that pods may have. `*` stands for any text. A pattern that ends with `@sha256:*` requires a digest.
             * @default [
             *       "*"
             *     ]
             * @example [
             *       "registry.example.com/flink/*@sha256:*"
             *     ]
             */
            images: string[];
            /**
             * @description Where programs may come from, besides uploads and files of the image (`local://`): prefixes of file systems, and hosts. It applies to jars, class paths, artifacts, SQL scripts and Python files.
             * @default []
             * @example [
             *       "s3://bucket/jars/",
             *       "https://repository.example.com/"
             *     ]
             */
            jars: string[];
            /**
             * @description Service accounts that pods may have. Default: those that `defaults` and `locked` of the target name, and `default`.
             * @example [
             *       "flink"
             *     ]
             */
            serviceAccounts?: string[];
            /** @description Secrets and ConfigMaps that pods may use, besides those of their own cluster. Default: any of the namespace that does not belong to another cluster of Drey. */
            secrets?: string[];
            /**
             * @description Whether commands and the target itself may have secrets as text: the values of options and environment variables whose names Flink takes for secrets (`password`, `secret`, `token` …).
             * @default false
             */
            plainSecrets: boolean;
            /** @description Names of annotations that pods and Services may have. Default: for pods, any but those by which other controllers grant access; for Services, none, unless `exposure` has NodePort or LoadBalancer. */
            annotations?: string[];
            /**
             * @description Types that Flink's REST service may have.
             * @default [
             *       "ClusterIP",
             *       "Headless_ClusterIP"
             *     ]
             */
            exposure: ("ClusterIP" | "Headless_ClusterIP" | "NodePort" | "LoadBalancer")[];
            /**
             * @description Whether callers who may read the target may see Flink's web UI through the API (`drey ui`). Cancels and submits by the UI are never possible.
             * @default true
             */
            flinkUi: boolean;
            /**
             * @description Whether pods may refer to other namespaces, such as in affinities. The objects of a cluster are always in the target's namespace.
             * @default own
             * @enum {string}
             */
            namespaces: "own" | "any";
            /**
             * @description Options that always have this value. A command that sets another value is refused.
             * @example {
             *       "kubernetes.service-account": "flink"
             *     }
             */
            locked?: {
                [key: string]: string | number | boolean;
            };
            /**
             * @description Options and fields that no command may set. A trailing `.*` matches every option with that prefix. A field is written as a path without indices, such as `podTemplates.spec.tolerations` or `job.args`.
             * @default []
             * @example [
             *       "kubernetes.entry.path",
             *       "podTemplates.spec.nodeName"
             *     ]
             */
            denied: string[];
        };
        JobPlanRequest: {
            /** @description The `jar` of an upload. */
            jar: string;
            entryClass?: string;
            /** @default [] */
            args: string[];
            parallelism?: number;
        };
        UploadRequest: {
            /** @example TopSpeedWindowing.jar */
            name: string;
            /** @description Exact size of the file. An upload of another size is refused. */
            bytes: number;
        };
        PlanRequest: {
            /** @enum {string} */
            mode: "session" | "application" | "per-job";
            /**
             * @description Generated when omitted.
             * @example my-first-flink-cluster
             */
            clusterId?: string;
            /**
             * @description Flink options, like -Dkey=value.
             * @example {
             *       "taskmanager.numberOfTaskSlots": "4"
             *     }
             */
            config?: {
                [key: string]: string | number | boolean;
            };
            /**
             * @description Short form of kubernetes.container.image.ref.
             * @example flink:2.2
             */
            image?: string;
            /** @description The program of an application cluster. */
            job?: components["schemas"]["ApplicationJob"];
            /**
             * @description Of a session: the jobs to submit again when the session runs. An application has `restore` in `job`.
             * @example {
             *       "fromCluster": "office",
             *       "latest": true,
             *       "allowEmptyState": true
             *     }
             */
            restore?: components["schemas"]["RestoreJobs"];
            /**
             * @description Flink version of the image. Default: from the tag of an image whose name has the word flink, or else 2.3.
             * @enum {string}
             */
            flinkVersion?: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
            /** @description Pod templates, like `kubernetes.pod-template-file.*`. */
            podTemplates?: {
                default?: components["schemas"]["PodTemplate"];
                jobmanager?: components["schemas"]["PodTemplate"];
                taskmanager?: components["schemas"]["PodTemplate"];
            };
            /** @description Logging configuration. Default: Drey's log4j-console.properties. */
            files?: {
                [key: string]: string;
            };
            /** @description Hadoop configuration to mount. */
            hadoop?: {
                [key: string]: string;
            };
            /** @description Keytab of `security.kerberos.login.principal` and krb5.conf to mount. */
            kerberos?: {
                keytab?: {
                    name: string;
                    /** Format: base64 */
                    base64: string;
                };
                krb5Conf?: string;
            };
            /**
             * @description When Drey stops the cluster. Without a lifetime it runs until a stop, or until the `maxAge` of the target.
             * @example {
             *       "ttl": "8h",
             *       "savepoint": "best-effort"
             *     }
             */
            lifetime?: {
                /**
                 * @description Time from start to end of the cluster.
                 * @example 8h
                 */
                ttl?: string;
                /**
                 * Format: date-time
                 * @description End of the cluster. If `ttl` is also set, the earlier end applies.
                 */
                until?: string;
                /**
                 * @description Stops a session after Flink has reported no live job for this long. A session that does not respond is not idle.
                 * @example 8h
                 */
                idleAfter?: string;
                /**
                 * @description Whether each job is stopped with a savepoint first. If a required savepoint fails, the cluster keeps running.
                 * @default none
                 * @enum {string}
                 */
                savepoint: "none" | "best-effort" | "required";
                /**
                 * Format: uri
                 * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
                 */
                savepointDirectory?: string;
                /**
                 * @description Whether high-availability data is kept or deleted. A new cluster with the same ID recovers its jobs from it. `purge` without savepoints cancels the jobs, so that Flink deletes the data.
                 * @default keep
                 * @enum {string}
                 */
                ha: "keep" | "purge";
                /**
                 * @description Time from the event `Flink Lifetime Warning` to the end. 0s: no warning.
                 * @default 10min
                 */
                warnBefore: string | "0s";
            };
            /**
             * @description Savepoints that Drey takes of each running job by itself.
             * @example {
             *       "every": "6h",
             *       "keep": 5,
             *       "maxAge": "7d",
             *       "notBetween": [
             *         "Mon-Fri 08:00-10:00 Europe/Berlin"
             *       ]
             *     }
             */
            snapshots?: {
                /**
                 * @description Time between two savepoints of a job.
                 * @example 6h
                 */
                every: string;
                /**
                 * @description How many savepoints of this policy are kept of each job name. Older ones are disposed of.
                 * @default 5
                 */
                keep: number;
                /**
                 * @description Age after which a savepoint of this policy is disposed of. The newest one of each job name is kept.
                 * @example 8h
                 */
                maxAge?: string;
                /** @description Spans in which no savepoint is taken. It is taken afterwards. */
                notBetween?: string[];
                /**
                 * @description Directory of the savepoint. Default: the savepoint directory of the cluster.
                 * @example s3://bucket/savepoints
                 */
                directory?: string;
            };
            /**
             * @description Whether the objects of a failed deploy are removed, or kept for diagnosis until the cluster is stopped or its ID is deployed again.
             * @default remove
             * @enum {string}
             */
            onFailure: "remove" | "keep";
            /**
             * @description Labels of the cluster, for queries and events.
             * @default {}
             * @example {
             *       "team": "etl"
             *     }
             */
            labels: {
                [key: string]: string;
            };
            /**
             * @description Queued commands with a higher priority start first.
             * @default 0
             */
            priority: number;
            /**
             * Format: date-time
             * @description The command fails if it has not started by then. Default: 24 hours after its arrival.
             */
            deadline?: string;
            /**
             * @description Operation IDs, or idempotency keys of the same target, that must be FINISHED before the command starts.
             * @default []
             */
            dependsOn: string[];
            /** @description Identifies the command in the event of its verdict. */
            correlationId?: string;
            /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
            taskToken?: string;
            /** @description The `rollout` of the apply that is planned. Default: that of an apply without one. */
            rollout?: {
                /**
                 * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
                 * @default savepoint
                 * @enum {string}
                 */
                state: "savepoint" | "last-state" | "none";
                /**
                 * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
                 * @enum {string}
                 */
                fallback?: "last-state" | "none";
                /**
                 * Format: uri
                 * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
                 */
                savepointDirectory?: string;
                /**
                 * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
                 * @default false
                 */
                allowNonRestoredState: boolean;
                /**
                 * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
                 * @default 5min
                 * @example 5min
                 */
                stableWithin: string;
                /**
                 * @description How many times Flink may restart a job within `stableWithin`.
                 * @default 0
                 */
                maxRestarts: number;
                /**
                 * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
                 * @default rollback
                 * @enum {string}
                 */
                onFailure: "rollback" | "keep";
                /**
                 * @description Restart the cluster also for a change that needs no restart, such as one of labels, or of the parallelism with the adaptive scheduler.
                 * @default false
                 */
                restart: boolean;
            };
            /**
             * @description Number of a revision of `clusterId`. Values that Drey masks in its spec (`******`) may stay as they are: the plan takes those of the revision.
             * @example 3
             */
            revision?: number;
        };
        /** @description The body of a deploy, stored under a name. */
        SpecBody: {
            /** @enum {string} */
            mode: "session" | "application" | "per-job";
            /**
             * @description Generated when omitted.
             * @example my-first-flink-cluster
             */
            clusterId?: string;
            /**
             * @description Flink options, like -Dkey=value.
             * @example {
             *       "taskmanager.numberOfTaskSlots": "4"
             *     }
             */
            config?: {
                [key: string]: string | number | boolean;
            };
            /**
             * @description Short form of kubernetes.container.image.ref.
             * @example flink:2.2
             */
            image?: string;
            /** @description The program of an application cluster. */
            job?: components["schemas"]["ApplicationJob"];
            /**
             * @description Of a session: the jobs to submit again when the session runs. An application has `restore` in `job`.
             * @example {
             *       "fromCluster": "office",
             *       "latest": true,
             *       "allowEmptyState": true
             *     }
             */
            restore?: components["schemas"]["RestoreJobs"];
            /**
             * @description Flink version of the image. Default: from the tag of an image whose name has the word flink, or else 2.3.
             * @enum {string}
             */
            flinkVersion?: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
            /** @description Pod templates, like `kubernetes.pod-template-file.*`. */
            podTemplates?: {
                default?: components["schemas"]["PodTemplate"];
                jobmanager?: components["schemas"]["PodTemplate"];
                taskmanager?: components["schemas"]["PodTemplate"];
            };
            /** @description Logging configuration. Default: Drey's log4j-console.properties. */
            files?: {
                [key: string]: string;
            };
            /** @description Hadoop configuration to mount. */
            hadoop?: {
                [key: string]: string;
            };
            /** @description Keytab of `security.kerberos.login.principal` and krb5.conf to mount. */
            kerberos?: {
                keytab?: {
                    name: string;
                    /** Format: base64 */
                    base64: string;
                };
                krb5Conf?: string;
            };
            /**
             * @description When Drey stops the cluster. Without a lifetime it runs until a stop, or until the `maxAge` of the target.
             * @example {
             *       "ttl": "8h",
             *       "savepoint": "best-effort"
             *     }
             */
            lifetime?: {
                /**
                 * @description Time from start to end of the cluster.
                 * @example 8h
                 */
                ttl?: string;
                /**
                 * Format: date-time
                 * @description End of the cluster. If `ttl` is also set, the earlier end applies.
                 */
                until?: string;
                /**
                 * @description Stops a session after Flink has reported no live job for this long. A session that does not respond is not idle.
                 * @example 8h
                 */
                idleAfter?: string;
                /**
                 * @description Whether each job is stopped with a savepoint first. If a required savepoint fails, the cluster keeps running.
                 * @default none
                 * @enum {string}
                 */
                savepoint: "none" | "best-effort" | "required";
                /**
                 * Format: uri
                 * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
                 */
                savepointDirectory?: string;
                /**
                 * @description Whether high-availability data is kept or deleted. A new cluster with the same ID recovers its jobs from it. `purge` without savepoints cancels the jobs, so that Flink deletes the data.
                 * @default keep
                 * @enum {string}
                 */
                ha: "keep" | "purge";
                /**
                 * @description Time from the event `Flink Lifetime Warning` to the end. 0s: no warning.
                 * @default 10min
                 */
                warnBefore: string | "0s";
            };
            /**
             * @description Savepoints that Drey takes of each running job by itself.
             * @example {
             *       "every": "6h",
             *       "keep": 5,
             *       "maxAge": "7d",
             *       "notBetween": [
             *         "Mon-Fri 08:00-10:00 Europe/Berlin"
             *       ]
             *     }
             */
            snapshots?: {
                /**
                 * @description Time between two savepoints of a job.
                 * @example 6h
                 */
                every: string;
                /**
                 * @description How many savepoints of this policy are kept of each job name. Older ones are disposed of.
                 * @default 5
                 */
                keep: number;
                /**
                 * @description Age after which a savepoint of this policy is disposed of. The newest one of each job name is kept.
                 * @example 8h
                 */
                maxAge?: string;
                /** @description Spans in which no savepoint is taken. It is taken afterwards. */
                notBetween?: string[];
                /**
                 * @description Directory of the savepoint. Default: the savepoint directory of the cluster.
                 * @example s3://bucket/savepoints
                 */
                directory?: string;
            };
            /**
             * @description Whether the objects of a failed deploy are removed, or kept for diagnosis until the cluster is stopped or its ID is deployed again.
             * @default remove
             * @enum {string}
             */
            onFailure: "remove" | "keep";
            /**
             * @description Labels of the cluster, for queries and events.
             * @default {}
             * @example {
             *       "team": "etl"
             *     }
             */
            labels: {
                [key: string]: string;
            };
            /**
             * @description Queued commands with a higher priority start first.
             * @default 0
             */
            priority: number;
            /**
             * @description Operation IDs, or idempotency keys of the same target, that must be FINISHED before the command starts.
             * @default []
             */
            dependsOn: string[];
            /** @description Identifies the command in the event of its verdict. */
            correlationId?: string;
        };
        ScheduleBody: {
            /** @constant */
            action: "stop";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /** @description Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED. */
            selector: {
                /**
                 * @description Labels that a cluster must have, all of them.
                 * @default {}
                 * @example {
                 *       "team": "etl"
                 *     }
                 */
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                mode?: "session" | "application";
            };
            /**
             * @description Whether each job is stopped with a savepoint first. If a required savepoint fails, the cluster keeps running.
             * @default none
             * @enum {string}
             */
            savepoint: "none" | "best-effort" | "required";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /**
             * @description Whether high-availability data is kept or deleted. A new cluster with the same ID recovers its jobs from it. `purge` without savepoints cancels the jobs, so that Flink deletes the data.
             * @default keep
             * @enum {string}
             */
            ha: "keep" | "purge";
        } | {
            /** @constant */
            action: "suspend";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /** @description Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED. */
            selector: {
                /**
                 * @description Labels that a cluster must have, all of them.
                 * @default {}
                 * @example {
                 *       "team": "etl"
                 *     }
                 */
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                mode?: "session" | "application";
            };
            /**
             * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
             * @default savepoint
             * @enum {string}
             */
            state: "savepoint" | "last-state" | "none";
            /**
             * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
             * @enum {string}
             */
            fallback?: "last-state" | "none";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
        } | {
            /** @constant */
            action: "resume";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /** @description Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED. */
            selector: {
                /**
                 * @description Labels that a cluster must have, all of them.
                 * @default {}
                 * @example {
                 *       "team": "etl"
                 *     }
                 */
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                mode?: "session" | "application";
            };
            /**
             * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
             * @default false
             */
            allowNonRestoredState: boolean;
            /**
             * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
             * @default 5min
             * @example 5min
             */
            stableWithin: string;
            /**
             * @description How many times Flink may restart a job within `stableWithin`.
             * @default 0
             */
            maxRestarts: number;
            /**
             * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
             * @default rollback
             * @enum {string}
             */
            onFailure: "rollback" | "keep";
        } | {
            /** @constant */
            action: "rescale";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /** @description Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED. */
            selector: {
                /**
                 * @description Labels that a cluster must have, all of them.
                 * @default {}
                 * @example {
                 *       "team": "etl"
                 *     }
                 */
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                mode?: "session" | "application";
            };
            /** @description Parallelism of each vertex of the job. A vertex whose maximum parallelism is less gets its maximum parallelism. */
            parallelism: number;
            /**
             * @description Time in which the job has to run with the parallelism, at most 2h. Otherwise the last parallelism is restored.
             * @default 10min
             * @example 10min
             */
            within: string;
        } | {
            /** @constant */
            action: "deploy";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /**
             * @description The stored spec to deploy.
             * @example office
             */
            spec: string;
        } | {
            /** @constant */
            action: "apply";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /**
             * @description The stored spec to apply. It names its cluster ID.
             * @example office
             */
            spec: string;
            /**
             * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
             * @default savepoint
             * @enum {string}
             */
            state: "savepoint" | "last-state" | "none";
            /**
             * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
             * @enum {string}
             */
            fallback?: "last-state" | "none";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /**
             * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
             * @default false
             */
            allowNonRestoredState: boolean;
            /**
             * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
             * @default 5min
             * @example 5min
             */
            stableWithin: string;
            /**
             * @description How many times Flink may restart a job within `stableWithin`.
             * @default 0
             */
            maxRestarts: number;
            /**
             * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
             * @default rollback
             * @enum {string}
             */
            onFailure: "rollback" | "keep";
        };
        OrphanRemoval: {
            orphans: {
                /** @enum {string} */
                kind: "Deployment" | "Service" | "ConfigMap";
                name: string;
                uid: string;
            }[];
        };
        QueueControl: {
            /** @description true: no command is admitted until the queue is resumed. false: resumes the queue. */
            paused: boolean;
        };
        PriorityChange: {
            priority: number;
        };
        Redrive: {
            /** @description Default: all dead letters. */
            ids?: string[];
        };
        Accepted: {
            operation: components["schemas"]["Operation"];
            cluster?: components["schemas"]["Cluster"];
        };
        Operation: {
            operationId: string;
            /** @enum {string} */
            kind: "deploy" | "submit" | "cancel" | "stop" | "extend" | "batch" | "savepoint" | "checkpoint" | "stop-job" | "dispose-savepoint" | "apply" | "rollback" | "restart" | "suspend" | "resume" | "dispose-snapshot" | "rescale" | "apply-job";
            target: string;
            /** @description Of a batch: the name of the batch. */
            clusterId: string;
            jobId?: string;
            /** @enum {string} */
            state: "QUEUED" | "PENDING" | "IN_PROGRESS" | "SUCCEEDED" | "FAILED" | "CANCELED";
            /** @enum {string} */
            origin: "http" | "queue" | "schedule" | "reconciler";
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            principal: string;
            /**
             * @description Who redrove the command, if it was a dead letter.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            redrivenBy?: string;
            /** @description Current progress, in human-readable form. */
            phase?: string;
            /** @description Completed phases of a deploy, with the timestamps from Kubernetes. */
            phases?: {
                /**
                 * @description Scheduled: the JobManager's pod has a node. Pulling: the node pulls the image. Started: the container runs. RestUp: Flink's REST API responds.
                 * @enum {string}
                 */
                name: "Scheduled" | "Pulling" | "Started" | "RestUp";
                /** Format: date-time */
                at: string;
            }[];
            problem?: components["schemas"]["Problem"];
            /** @description Position in the admission queue while the operation is QUEUED. */
            position?: number;
            /**
             * @description How the command ended: the program of an application, the job of a submit, all items of a batch. A session is FINISHED when it runs. A cancel or stop is FINISHED when it is complete.
             * @enum {string}
             */
            verdict?: "FINISHED" | "FAILED" | "CANCELED";
            /** @description Why the verdict is not FINISHED, for example the root cause of a failed program. */
            verdictMessage?: string;
            /** @description Settings of the command that are valid and probably not intended, or what a stop with `ha: purge` could not delete. */
            warnings?: string[];
            /** @description Path of the savepoint that the operation took. */
            savepoint?: string;
            /** @description Number of the checkpoint that the operation took. */
            checkpoint?: number;
            /** @description The caller's correlation ID. It is in the event of the verdict. */
            correlationId?: string;
            /** @description Path of the savepoint or checkpoint that the program starts from: of `restore`, or of execution.state-recovery.path. */
            restoredFrom?: string;
            /** @description Of a session with `restore`: the jobs to submit again. Their submit operations exist when this operation has SUCCEEDED. */
            restoredJobs?: components["schemas"]["RestoredJob"][];
            /** @description Of a rollout: its phases and its result. */
            rollout?: components["schemas"]["RolloutResult"];
            /** @description The batch of this item. */
            batchId?: string;
            batchIndex?: number;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description When the command was admitted, if it was queued.
             */
            startedAt?: string;
            /** Format: date-time */
            updatedAt: string;
            /** Format: date-time */
            deadline: string;
        };
        Problem: {
            /** @description Documentation of the code. */
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @description The request or operation that the problem concerns. */
            instance?: string;
            /** @enum {string} */
            code: "malformed-request" | "access-denied" | "not-found" | "id-taken" | "namespace-taken" | "wrong-state" | "not-ready" | "conflict" | "refused-option" | "unsupported-mode" | "key-reused" | "jar-refused" | "program-failed" | "limit-reached" | "over-limit" | "dependency-failed" | "not-started" | "items-failed" | "flink-path-refused" | "flink-ui-disabled" | "answer-too-large" | "canceled" | "deployment-failed" | "savepoint-failed" | "rescale-failed" | "target-refused" | "target-unreachable" | "deadline-exceeded" | "superseded" | "revision-mismatch" | "plan-mismatch" | "rollout-failed" | "version-mismatch" | "internal";
            retryable: boolean;
            /** @description The reason of Kubernetes or Flink, such as ImagePullBackOff. */
            reason?: string;
            operationId?: string;
            errors?: {
                pointer: string;
                detail: string;
            }[];
        };
        RestoredJob: {
            /** @description ID of the restored job and of its submit operation. */
            jobId: string;
            name: string;
            /** @description Absent if the job starts with empty state. */
            savepoint?: string;
            /** @description ID of the job whose program is submitted again. */
            formerJobId: string;
        };
        RolloutResult: {
            /**
             * @description WaitingForRollout: another rollout of the cluster is in progress. Checking: the API server of the target checks the new objects. Rescaling: the running job gets another parallelism, and nothing restarts. Snapshotting: the old incarnation, or the old job, is stopped with its savepoints. Starting: the new incarnation is deployed, or the new job is submitted. Verifying: it is watched. RollingBack: it was not stable, and the last stable revision, or the old program, starts again.
             * @enum {string}
             */
            phase: "WaitingForRollout" | "Checking" | "Rescaling" | "Snapshotting" | "Starting" | "Verifying" | "RollingBack";
            /** @description The phases so far, each with the time when it began. */
            phases: {
                /**
                 * @description WaitingForRollout: another rollout of the cluster is in progress. Checking: the API server of the target checks the new objects. Rescaling: the running job gets another parallelism, and nothing restarts. Snapshotting: the old incarnation, or the old job, is stopped with its savepoints. Starting: the new incarnation is deployed, or the new job is submitted. Verifying: it is watched. RollingBack: it was not stable, and the last stable revision, or the old program, starts again.
                 * @enum {string}
                 */
                name: "WaitingForRollout" | "Checking" | "Rescaling" | "Snapshotting" | "Starting" | "Verifying" | "RollingBack";
                /**
                 * Format: date-time
                 * @description When the phase began.
                 */
                at: string;
            }[];
            /** @description Number of the revision that ran before. Absent: the ID had no cluster. */
            from?: number;
            /** @description Number of the new revision. Absent before the new incarnation is deployed, or the job is rescaled. */
            to?: number;
            /**
             * @description Of a change in place, which restarts nothing. none: only the record of the cluster has changed. rescale: the running job gets another parallelism.
             * @enum {string}
             */
            class?: "none" | "rescale";
            /** @description Of a rollback, restart and resume: number of the earlier revision whose spec the new revision has. */
            specOf?: number;
            /** @description Of the class `rescale`: the job, and its new parallelism. */
            rescale?: {
                jobId: string;
                parallelism: number;
            };
            /** @description Of an application or a job: the snapshot that the old incarnation, or the old job, ended with. */
            snapshot?: {
                /** @enum {string} */
                kind: "savepoint" | "checkpoint";
                path: string;
                /**
                 * Format: date-time
                 * @description When the snapshot was recorded.
                 */
                at: string;
            };
            /** @description Size of the state that the old incarnation ended with, in bytes: of the snapshots of all its jobs, as Flink reports them. Absent before, and when Flink has not reported it. */
            stateBytes?: number;
            /** @description Why the rollout has taken its `fallback` instead of its `state`. */
            fallbackReason?: string;
            /**
             * @description The rollout has dropped the state of the cluster, because its `state`, or its `fallback` after a failure, is none.
             * @constant
             */
            stateDropped?: true;
            /** @description Number of the stable revision whose spec runs again, because the new revision was not stable. It runs as a further revision. */
            rolledBackTo?: number;
            /** @description Of an apply of a job of a session: the jobs. */
            job?: {
                /** @description The job that the new one replaces. */
                from: string;
                /** @description The new job. Absent before it is submitted. */
                to?: string;
                /** @description The job that runs the old program again, because the new job was not stable. */
                rolledBackTo?: string;
            };
            /**
             * @description The rollout failed, and no revision runs. The cluster is SUSPENDED with its state: apply or resume starts it.
             * @constant
             */
            suspended?: true;
        };
        Cluster: {
            target: string;
            clusterId: string;
            /** @enum {string} */
            mode: "session" | "application";
            /** @enum {string} */
            state: "QUEUED" | "REQUESTED" | "DEPLOYING" | "RUNNING" | "UPGRADING" | "SUSPENDED" | "STOPPING" | "STOPPED" | "FINISHED" | "CANCELED" | "FAILED";
            /** @description Why the cluster is in this state. */
            reason?: string;
            message?: string;
            namespace: string;
            image: string;
            /**
             * @description Flink version of the image, as the deploy assumes it.
             * @enum {string}
             */
            flinkVersion: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
            labels: {
                [key: string]: string;
            };
            conditions: {
                /** @enum {string} */
                type: "Reachable" | "Healthy" | "Progressing" | "Stable" | "LogsKept";
                /** @enum {string} */
                status: "True" | "False" | "Unknown";
                reason: string;
                message: string;
                /** Format: date-time */
                since: string;
            }[];
            /** @description Sequence number of the last transition. */
            sequence: number;
            /** @description The deploy operation of this incarnation. */
            operationId: string;
            /** @description Number of the revision that this incarnation runs. Absent: an earlier version of Drey deployed it. */
            revision?: number;
            /** @description Number of the first revision since the cluster last ended. An automatic rollback goes back to none before it. Absent: not known. */
            firstRevision?: number;
            /** @description The last stop operation. */
            stopOperationId?: string;
            /** @description The uid of the Deployment. */
            uid?: string;
            /** @description Size of a TaskManager, and the default parallelism of a job. */
            taskManagers?: {
                slots: number;
                cpu: number;
                memoryMebibytes: number;
                parallelism: number;
            };
            /** @description Whether the configuration has a default directory of savepoints. Otherwise each savepoint needs one. */
            hasSavepointDirectory?: boolean;
            /** @description Directory of the checkpoints (`execution.checkpointing.dir`). Absent: the configuration has none, or it does not have a subdirectory for each job. */
            checkpointDirectory?: string;
            /**
             * @description Flink keeps the last checkpoint of a job that ends (`execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION`).
             * @constant
             */
            retainsCheckpoints?: true;
            /** @description Directory of the files of high availability. Absent: the cluster has no high availability. */
            highAvailabilityDirectory?: string;
            /** @description Which ConfigMaps of high availability are those of earlier incarnations. */
            highAvailabilityData?: {
                /** @description Account (stage: that of the stage), Region, EKS cluster and namespace of the ConfigMaps. */
                place: string;
                /**
                 * Format: date-time
                 * @description ConfigMaps of this cluster ID that were created later belong to others, unless this incarnation wrote them. Absent: no earlier incarnation wrote any.
                 */
                until?: string;
            };
            /**
             * @description The cluster keeps a history of rescales (`web.adaptive-scheduler.rescale-history.size`), and Drey publishes each rescale.
             * @constant
             */
            recordsRescales?: true;
            /** @description Of an application with Flink 2.3 or later: the state of its program when it was last without a running job. With an earlier Flink: FAILED after a crash of the JobManager. */
            program?: {
                /** @enum {string} */
                state: "RUNNING" | "FINISHED" | "FAILED" | "CANCELED";
                /** @description Root cause of a failure of main() or of a job. */
                message?: string;
            };
            /** @description The rollout in progress. The next one waits for its end, and other deploys of the ID are refused. */
            rollout?: components["schemas"]["RolloutProgress"];
            /** @description The rollout that waits for the end of the one in progress. A newer one takes its place. */
            nextRollout?: components["schemas"]["NextRollout"];
            /** @description Of an UPGRADING or SUSPENDED cluster: the state that its next incarnation starts from. */
            snapshot?: {
                /** @enum {string} */
                kind: "savepoint" | "checkpoint";
                path: string;
                /**
                 * Format: date-time
                 * @description When the snapshot was recorded.
                 */
                at: string;
            };
            /** @description Of an UPGRADING or SUSPENDED session whose last incarnation did not keep its jobs: the deploy of the incarnation whose jobs start again. */
            jobsFrom?: string;
            lifetime?: components["schemas"]["Lifetime"];
            snapshots?: {
                /**
                 * @description Time between two savepoints of a job.
                 * @example 6h
                 */
                every: string;
                keep: number;
                /**
                 * @description Age after which a savepoint of this policy is disposed of. The newest one of each job name is kept.
                 * @example 8h
                 */
                maxAge?: string;
                /** @description Spans in which no savepoint is taken. It is taken afterwards. */
                notBetween?: string[];
                /**
                 * @description Directory of the savepoint. Default: the savepoint directory of the cluster.
                 * @example s3://bucket/savepoints
                 */
                directory?: string;
                /**
                 * Format: date-time
                 * @description When the next savepoints are taken. Absent: not RUNNING yet.
                 */
                dueAt?: string;
            };
            /**
             * @description The deploy keeps the objects of the cluster when it fails. Absent: it removes them.
             * @constant
             */
            onFailure?: "keep";
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
        };
        RolloutProgress: {
            /** @description The operation of the rollout. */
            operationId: string;
            /** @enum {string} */
            kind: "apply" | "rollback" | "restart" | "suspend" | "resume";
            /**
             * @description WaitingForRollout: another rollout of the cluster is in progress. Checking: the API server of the target checks the new objects. Rescaling: the running job gets another parallelism, and nothing restarts. Snapshotting: the old incarnation, or the old job, is stopped with its savepoints. Starting: the new incarnation is deployed, or the new job is submitted. Verifying: it is watched. RollingBack: it was not stable, and the last stable revision, or the old program, starts again.
             * @enum {string}
             */
            phase: "WaitingForRollout" | "Checking" | "Rescaling" | "Snapshotting" | "Starting" | "Verifying" | "RollingBack";
            /** @description The phases so far, each with the time when it began. */
            phases: {
                /**
                 * @description WaitingForRollout: another rollout of the cluster is in progress. Checking: the API server of the target checks the new objects. Rescaling: the running job gets another parallelism, and nothing restarts. Snapshotting: the old incarnation, or the old job, is stopped with its savepoints. Starting: the new incarnation is deployed, or the new job is submitted. Verifying: it is watched. RollingBack: it was not stable, and the last stable revision, or the old program, starts again.
                 * @enum {string}
                 */
                name: "WaitingForRollout" | "Checking" | "Rescaling" | "Snapshotting" | "Starting" | "Verifying" | "RollingBack";
                /**
                 * Format: date-time
                 * @description When the phase began.
                 */
                at: string;
            }[];
            /** @description Number of the revision that ran before. Absent: the ID had no cluster. */
            from?: number;
            /** @description Number of the new revision. Absent before the new incarnation is deployed, or the job is rescaled. */
            to?: number;
        };
        NextRollout: {
            /** @description The operation of the rollout. */
            operationId: string;
            /** @enum {string} */
            kind: "apply" | "rollback" | "restart" | "suspend" | "resume";
            /**
             * Format: date-time
             * @description Since when it waits.
             */
            at: string;
        };
        Lifetime: {
            /**
             * @description Time from start to end of the cluster.
             * @example 8h
             */
            ttl?: string;
            /**
             * Format: date-time
             * @description End of the cluster. If `ttl` is also set, the earlier end applies.
             */
            until?: string;
            /**
             * @description Stops a session after Flink has reported no live job for this long. A session that does not respond is not idle.
             * @example 8h
             */
            idleAfter?: string;
            /** @enum {string} */
            savepoint: "none" | "best-effort" | "required";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /** @enum {string} */
            ha: "keep" | "purge";
            /** @description Time from the event `Flink Lifetime Warning` to the end. 0s: no warning. */
            warnBefore: string | "0s";
            /** @description Incremented by each change. A timer event of an earlier version has no effect. */
            version: number;
            /**
             * Format: date-time
             * @description Start of the lifetime. Absent while the cluster is QUEUED.
             */
            startedAt?: string;
            /** Format: date-time */
            endsAt?: string;
            /** @description The version whose end is scheduled. */
            scheduledVersion?: number;
            /** @description The version whose warning was sent. */
            warnedVersion?: number;
            idle?: {
                /** Format: date-time */
                since: string;
                /**
                 * Format: date-time
                 * @description When Flink last reported no live job.
                 */
                seenAt: string;
                /** @constant */
                warned?: true;
            };
        };
        Clusters: {
            clusters: components["schemas"]["ClusterWithJobs"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
            /** @description Names of records that another version of Drey wrote, in a form that this version cannot read. */
            unreadable?: string[];
        };
        ClusterWithJobs: {
            target: string;
            clusterId: string;
            /** @enum {string} */
            mode: "session" | "application";
            /** @enum {string} */
            state: "QUEUED" | "REQUESTED" | "DEPLOYING" | "RUNNING" | "UPGRADING" | "SUSPENDED" | "STOPPING" | "STOPPED" | "FINISHED" | "CANCELED" | "FAILED";
            /** @description Why the cluster is in this state. */
            reason?: string;
            message?: string;
            namespace: string;
            image: string;
            /**
             * @description Flink version of the image, as the deploy assumes it.
             * @enum {string}
             */
            flinkVersion: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
            labels: {
                [key: string]: string;
            };
            conditions: {
                /** @enum {string} */
                type: "Reachable" | "Healthy" | "Progressing" | "Stable" | "LogsKept";
                /** @enum {string} */
                status: "True" | "False" | "Unknown";
                reason: string;
                message: string;
                /** Format: date-time */
                since: string;
            }[];
            /** @description Sequence number of the last transition. */
            sequence: number;
            /** @description The deploy operation of this incarnation. */
            operationId: string;
            /** @description Number of the revision that this incarnation runs. Absent: an earlier version of Drey deployed it. */
            revision?: number;
            /** @description Number of the first revision since the cluster last ended. An automatic rollback goes back to none before it. Absent: not known. */
            firstRevision?: number;
            /** @description The last stop operation. */
            stopOperationId?: string;
            /** @description The uid of the Deployment. */
            uid?: string;
            /** @description Size of a TaskManager, and the default parallelism of a job. */
            taskManagers?: {
                slots: number;
                cpu: number;
                memoryMebibytes: number;
                parallelism: number;
            };
            /** @description Whether the configuration has a default directory of savepoints. Otherwise each savepoint needs one. */
            hasSavepointDirectory?: boolean;
            /** @description Directory of the checkpoints (`execution.checkpointing.dir`). Absent: the configuration has none, or it does not have a subdirectory for each job. */
            checkpointDirectory?: string;
            /**
             * @description Flink keeps the last checkpoint of a job that ends (`execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION`).
             * @constant
             */
            retainsCheckpoints?: true;
            /** @description Directory of the files of high availability. Absent: the cluster has no high availability. */
            highAvailabilityDirectory?: string;
            /** @description Which ConfigMaps of high availability are those of earlier incarnations. */
            highAvailabilityData?: {
                /** @description Account (stage: that of the stage), Region, EKS cluster and namespace of the ConfigMaps. */
                place: string;
                /**
                 * Format: date-time
                 * @description ConfigMaps of this cluster ID that were created later belong to others, unless this incarnation wrote them. Absent: no earlier incarnation wrote any.
                 */
                until?: string;
            };
            /**
             * @description The cluster keeps a history of rescales (`web.adaptive-scheduler.rescale-history.size`), and Drey publishes each rescale.
             * @constant
             */
            recordsRescales?: true;
            /** @description Of an application with Flink 2.3 or later: the state of its program when it was last without a running job. With an earlier Flink: FAILED after a crash of the JobManager. */
            program?: {
                /** @enum {string} */
                state: "RUNNING" | "FINISHED" | "FAILED" | "CANCELED";
                /** @description Root cause of a failure of main() or of a job. */
                message?: string;
            };
            /** @description The rollout in progress. The next one waits for its end, and other deploys of the ID are refused. */
            rollout?: components["schemas"]["RolloutProgress"];
            /** @description The rollout that waits for the end of the one in progress. A newer one takes its place. */
            nextRollout?: components["schemas"]["NextRollout"];
            /** @description Of an UPGRADING or SUSPENDED cluster: the state that its next incarnation starts from. */
            snapshot?: {
                /** @enum {string} */
                kind: "savepoint" | "checkpoint";
                path: string;
                /**
                 * Format: date-time
                 * @description When the snapshot was recorded.
                 */
                at: string;
            };
            /** @description Of an UPGRADING or SUSPENDED session whose last incarnation did not keep its jobs: the deploy of the incarnation whose jobs start again. */
            jobsFrom?: string;
            lifetime?: components["schemas"]["Lifetime"];
            snapshots?: {
                /**
                 * @description Time between two savepoints of a job.
                 * @example 6h
                 */
                every: string;
                keep: number;
                /**
                 * @description Age after which a savepoint of this policy is disposed of. The newest one of each job name is kept.
                 * @example 8h
                 */
                maxAge?: string;
                /** @description Spans in which no savepoint is taken. It is taken afterwards. */
                notBetween?: string[];
                /**
                 * @description Directory of the savepoint. Default: the savepoint directory of the cluster.
                 * @example s3://bucket/savepoints
                 */
                directory?: string;
                /**
                 * Format: date-time
                 * @description When the next savepoints are taken. Absent: not RUNNING yet.
                 */
                dueAt?: string;
            };
            /**
             * @description The deploy keeps the objects of the cluster when it fails. Absent: it removes them.
             * @constant
             */
            onFailure?: "keep";
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            updatedAt: string;
            /** @description With `jobs=true`: the jobs of this incarnation when Drey last observed them, which is up to a minute ago. At most 100 records of jobs are read, those with the highest IDs. Jobs that are not terminal come first, then the newest ones. */
            jobs?: components["schemas"]["Job"][];
            /**
             * @description The list may lack jobs of the cluster, also running ones, because it reads at most 100 records of jobs of a cluster, those of earlier incarnations included, and a response has at most 6 MB. Get them from the list of its jobs.
             * @constant
             */
            hasMoreJobs?: true;
        };
        Job: {
            target: string;
            clusterId: string;
            jobId: string;
            name: string;
            /** @enum {string} */
            state: "INITIALIZING" | "CREATED" | "RUNNING" | "FAILING" | "FAILED" | "CANCELLING" | "CANCELED" | "FINISHED" | "RESTARTING" | "SUSPENDED" | "RECONCILING";
            /** @description Root cause of a failure. */
            message?: string;
            /** Format: date-time */
            startTime: string;
            /** Format: date-time */
            endTime?: string;
            /** @description Path of the savepoint or checkpoint that the job was started from. */
            restoredFrom?: string;
            /** @description Path of the latest savepoint. */
            savepoint?: string;
            /** @description Path of the savepoint that the job was stopped with. It has the complete state of the job. */
            finalSavepoint?: string;
            /** @description The last complete checkpoint when a rollout with `last-state` asked Flink for it, its number in the job, and when Flink had started a job that it then canceled. Without a checkpoint, it is the snapshot that the job was started from. */
            lastCheckpoint?: {
                path: string;
                checkpoint?: number;
                /** Format: date-time */
                jobStartTime?: string;
            };
            /** @description Path of the last complete checkpoint of the job, with which a rollout with `last-state` ended it. */
            finalCheckpoint?: string;
            /**
             * @description A stop of the cluster, or an apply of the job, requested a savepoint of this job, or a rollout took its last checkpoint. A session with `restore` starts the job again, unless another job has started from that state.
             * @constant
             */
            stoppedWithCluster?: true;
            /** @description The last rescale operation of the job. */
            rescaleOperationId?: string;
            /** @description The last rescale that was published. */
            lastRescaleId?: string;
            /** @description The last apply of the job: it replaces the job, has replaced it, or has started it. */
            applyOperationId?: string;
            /** @description ID of the job that an apply has started in its place. */
            replacedBy?: string;
            /** @description The deploy operation of the incarnation that the job runs on. */
            clusterOperationId: string;
            /** @description The submit operation of the job. */
            operationId?: string;
            /** Format: date-time */
            updatedAt: string;
        };
        Jobs: {
            jobs: components["schemas"]["Job"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
            /**
             * @description true: Flink reported the jobs for this request. Otherwise, the jobs are from the last observation.
             * @enum {string}
             */
            reachable: "True" | "False" | "Unknown";
        };
        Applied: {
            operation?: components["schemas"]["Operation"];
            cluster?: components["schemas"]["Cluster"];
            /**
             * @description The cluster, or the job, runs the same spec already.
             * @constant
             */
            result?: "unchanged";
            /** @description Of an unchanged job: its ID. */
            jobId?: string;
            /** @description Of an unchanged cluster: number of its revision. */
            revision?: number;
        };
        Targets: {
            targets: components["schemas"]["NamedTarget"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
            /** @description Names of records that another version of Drey wrote, in a form that this version cannot read. */
            unreadable?: string[];
        };
        NamedTarget: {
            /** @description The name of the EKS cluster. */
            cluster: string;
            region: string;
            /** @description Remote role, for an EKS cluster in another account. The Kubernetes role assumes it. */
            roleArn?: string;
            /** @description External ID that the trust policy of the remote role requires. Needs `roleArn`. */
            externalId?: string;
            namespace: string;
            /**
             * @description Default Flink options of every deploy.
             * @default {}
             * @example {
             *       "kubernetes.service-account": "flink"
             *     }
             */
            defaults: {
                [key: string]: string;
            };
            /**
             * @description What commands may do. Every member has a safe default.
             * @default {
             *       "podSecurity": "baseline",
             *       "images": [
             *         "*"
             *       ],
             *       "jars": [],
             *       "plainSecrets": false,
             *       "exposure": [
             *         "ClusterIP",
             *         "Headless_ClusterIP"
             *       ],
             *       "flinkUi": true,
             *       "namespaces": "own",
             *       "locked": {},
             *       "denied": []
             *     }
             * @example {
             *       "podSecurity": "restricted",
             *       "images": [
             *         "registry.example.com/*"
             *       ]
             *     }
             */
            policy: components["schemas"]["PolicyOutput"];
            /**
             * @description Maximum size of an uploaded jar.
             * @default 500000000
             */
            maxJarBytes: number;
            /**
             * @description Maximum lifetime of a cluster, and the default for a cluster without a lifetime.
             * @example 8h
             */
            maxAge?: string;
            /**
             * @description Maximum concurrent usage. Commands that exceed it are queued.
             * @default {}
             * @example {
             *       "clusters": 20,
             *       "cpu": 64,
             *       "memoryGibibytes": 256
             *     }
             */
            limits: {
                clusters?: number;
                /** @description Applications and jobs on sessions. */
                jobs?: number;
                /** @description Sum of CPU requests of the pods. */
                cpu?: number;
                /** @description Sum of memory requests of the pods. */
                memoryGibibytes?: number;
            };
            /**
             * @description Limits and weight of each team (label `team`) in the admission queue. `*` applies to every team without an entry.
             * @default {}
             * @example {
             *       "etl": {
             *         "weight": 3
             *       },
             *       "*": {
             *         "clusters": 5
             *       }
             *     }
             */
            shares: {
                [key: string]: {
                    clusters?: number;
                    /** @description Applications and jobs on sessions. */
                    jobs?: number;
                    /** @description Sum of CPU requests of the pods. */
                    cpu?: number;
                    /** @description Sum of memory requests of the pods. */
                    memoryGibibytes?: number;
                    /** @default 1 */
                    weight: number;
                };
            };
            /**
             * @description Approximate maximum number of queued commands. A command that fits the free capacity may exceed it.
             * @default 5000
             */
            maxQueued: number;
            /**
             * @description Who wrote the target last.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            updatedBy?: string;
            name: string;
        };
        Deletion: {
            name: string;
        };
        TargetCheck: {
            /** @description The name of the target. */
            name: string;
            /** @description Whether each state is `ok` or `optional`. */
            passed: boolean;
            readonly findings: components["schemas"]["Finding"][];
        };
        Finding: {
            /** @enum {string} */
            check: "aws-role" | "eks-cluster" | "access-entry" | "drey-deployer" | "drey-checker" | "drey-kerberos" | "drey-excess" | "service-account" | "flink" | "flink-high-availability" | "flink-excess" | "pod-security" | "ingress" | "egress" | "quota";
            /**
             * @description optional: absent, and needed only for some clusters. unknown: could not be read, as `detail` explains.
             * @enum {string}
             */
            state: "ok" | "optional" | "missing" | "too-wide" | "unknown";
            detail: string;
            /** @description The shell command that mends it. Words in capital letters stand for values that Drey does not know. */
            remedy?: string;
        };
        Transitions: {
            transitions: (components["schemas"]["ClusterTransition"] | components["schemas"]["JobTransition"])[];
            /** @description Sequence of the last transition. Pass it as `after` to get the next page. */
            last: number;
        };
        ClusterTransition: {
            /** @description ID of the transition. Repeated deliveries have the same ID. */
            id: string;
            target: string;
            clusterId: string;
            /** @description Consecutive number of the transition among those of one cluster and its jobs. */
            sequence: number;
            operationId?: string;
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            principal: string;
            reason?: string;
            message?: string;
            labels: {
                [key: string]: string;
            };
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            subject: "cluster";
            from: ("QUEUED" | "REQUESTED" | "DEPLOYING" | "RUNNING" | "UPGRADING" | "SUSPENDED" | "STOPPING" | "STOPPED" | "FINISHED" | "CANCELED" | "FAILED") | null;
            /** @enum {string} */
            to: "QUEUED" | "REQUESTED" | "DEPLOYING" | "RUNNING" | "UPGRADING" | "SUSPENDED" | "STOPPING" | "STOPPED" | "FINISHED" | "CANCELED" | "FAILED";
            /** @description Of the first transition: the warnings of the deploy. */
            warnings?: string[];
        };
        JobTransition: {
            /** @description ID of the transition. Repeated deliveries have the same ID. */
            id: string;
            target: string;
            clusterId: string;
            /** @description Consecutive number of the transition among those of one cluster and its jobs. */
            sequence: number;
            operationId?: string;
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            principal: string;
            reason?: string;
            message?: string;
            labels: {
                [key: string]: string;
            };
            /** Format: date-time */
            at: string;
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            subject: "job";
            jobId: string;
            name: string;
            from: ("INITIALIZING" | "CREATED" | "RUNNING" | "FAILING" | "FAILED" | "CANCELLING" | "CANCELED" | "FINISHED" | "RESTARTING" | "SUSPENDED" | "RECONCILING") | null;
            /** @enum {string} */
            to: "INITIALIZING" | "CREATED" | "RUNNING" | "FAILING" | "FAILED" | "CANCELLING" | "CANCELED" | "FINISHED" | "RESTARTING" | "SUSPENDED" | "RECONCILING";
            /** @description Path of the savepoint or checkpoint that the job was started from. */
            restoredFrom?: string;
        };
        Revisions: {
            revisions: components["schemas"]["Revision"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
            /** @description Names of records that another version of Drey wrote, in a form that this version cannot read. */
            unreadable?: string[];
        };
        Revision: {
            target: string;
            clusterId: string;
            /** @description The first recorded deploy of a cluster ID in a target has number 1, and each further one the next. */
            number: number;
            /** Format: date-time */
            createdAt: string;
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            principal: string;
            /** @description The deploy operation. Of a change in place: its apply. */
            operationId: string;
            /** @enum {string} */
            mode: "session" | "application";
            /** @description SHA-256 of the spec without the cluster ID, `restore` and members with their default. Revisions with the same digest run the same. */
            digest: string;
            image: string;
            /**
             * @description SHA-256 of the image that the JobManager ran, as Kubernetes reported it when the cluster became RUNNING. It also tells the content of a jar in the image (`local://`).
             * @example sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
             */
            imageDigest?: string;
            /** @enum {string} */
            flinkVersion: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
            /** @description Of an application with a jar: its URI. */
            jar?: string;
            /** @description Path of the savepoint or checkpoint that the application started from, if the deploy named one. */
            restoredFrom?: string;
            /**
             * @description in-place: an apply that restarted nothing. automatic-rollback: a rollout whose revision was not stable. Absent in records of older versions.
             * @enum {string}
             */
            madeBy?: "deploy" | "apply" | "in-place" | "rollback" | "restart" | "resume" | "automatic-rollback";
            /** @description Of a rollback, restart and resume: number of the revision whose spec it has. */
            specOf?: number;
            /** @description The rollout that deployed the revision, or changed the cluster in place. */
            rolloutOperationId?: string;
            /** @description Why a rollout found the revision not stable although the cluster became RUNNING. */
            unstable?: components["schemas"]["Problem"];
            /**
             * @description pending: the deploy has not ended. stable: the cluster became RUNNING or was changed in place, also if it has ended since, and no rollout found it unstable. failed: the deploy failed, or a rollout found the revision unstable. superseded: the deploy was canceled, or a stop ended it, before the cluster was RUNNING.
             * @enum {string}
             */
            outcome: "pending" | "stable" | "failed" | "superseded";
            /** @description Why the revision failed or was superseded. */
            problem?: components["schemas"]["Problem"];
        };
        RevisionWithSpec: {
            target: string;
            clusterId: string;
            /** @description The first recorded deploy of a cluster ID in a target has number 1, and each further one the next. */
            number: number;
            /** Format: date-time */
            createdAt: string;
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            principal: string;
            /** @description The deploy operation. Of a change in place: its apply. */
            operationId: string;
            /** @enum {string} */
            mode: "session" | "application";
            /** @description SHA-256 of the spec without the cluster ID, `restore` and members with their default. Revisions with the same digest run the same. */
            digest: string;
            image: string;
            /**
             * @description SHA-256 of the image that the JobManager ran, as Kubernetes reported it when the cluster became RUNNING. It also tells the content of a jar in the image (`local://`).
             * @example sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
             */
            imageDigest?: string;
            /** @enum {string} */
            flinkVersion: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
            /** @description Of an application with a jar: its URI. */
            jar?: string;
            /** @description Path of the savepoint or checkpoint that the application started from, if the deploy named one. */
            restoredFrom?: string;
            /**
             * @description in-place: an apply that restarted nothing. automatic-rollback: a rollout whose revision was not stable. Absent in records of older versions.
             * @enum {string}
             */
            madeBy?: "deploy" | "apply" | "in-place" | "rollback" | "restart" | "resume" | "automatic-rollback";
            /** @description Of a rollback, restart and resume: number of the revision whose spec it has. */
            specOf?: number;
            /** @description The rollout that deployed the revision, or changed the cluster in place. */
            rolloutOperationId?: string;
            /** @description Why a rollout found the revision not stable although the cluster became RUNNING. */
            unstable?: components["schemas"]["Problem"];
            /**
             * @description pending: the deploy has not ended. stable: the cluster became RUNNING or was changed in place, also if it has ended since, and no rollout found it unstable. failed: the deploy failed, or a rollout found the revision unstable. superseded: the deploy was canceled, or a stop ended it, before the cluster was RUNNING.
             * @enum {string}
             */
            outcome: "pending" | "stable" | "failed" | "superseded";
            /** @description Why the revision failed or was superseded. */
            problem?: components["schemas"]["Problem"];
            /** @description The RevisionSpec with its defaults: the body of a deploy that makes the revision again. `******` stands for what may be a secret. */
            deploy: {
                [key: string]: unknown;
            };
        };
        Snapshots: {
            snapshots: components["schemas"]["Snapshot"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
            /** @description Names of records that another version of Drey wrote, in a form that this version cannot read. */
            unreadable?: string[];
        };
        Snapshot: {
            target: string;
            clusterId: string;
            /**
             * @description ID of a snapshot of the cluster ID.
             * @example 0192f6d27d5c7b0e8f4e0f6f4f3f2a14
             */
            snapshotId: string;
            /** @enum {string} */
            kind: "savepoint" | "checkpoint";
            /**
             * @description Of a savepoint: its binary format.
             * @enum {string}
             */
            format?: "CANONICAL" | "NATIVE";
            /**
             * @description manual: a command asked for the snapshot. stop: a job or its cluster was stopped with it. rollout: it carries the state to another revision, or to another job of a session. schedule: the snapshot policy of the cluster took it.
             * @enum {string}
             */
            trigger: "manual" | "rollout" | "stop" | "schedule";
            jobId: string;
            jobName: string;
            /** @description The deploy operation of the incarnation that the job ran on. */
            clusterOperationId: string;
            /** @description Number of the revision that this incarnation was deployed from. */
            revision?: number;
            /** @enum {string} */
            flinkVersion: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
            /** @description The operation that took the snapshot. */
            operationId: string;
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            principal: string;
            /** @description Where the complete snapshot is. Absent: Flink has not told it. */
            path?: string;
            /** @description Number of the checkpoint or savepoint in the job. */
            checkpoint?: number;
            /** @description Size of the state, as Flink reports it. Absent: Flink did not answer in time. */
            sizeBytes?: number;
            /** @description How long Flink took, end to end. */
            durationMs?: number;
            /** Format: date-time */
            createdAt: string;
            /**
             * Format: date-time
             * @description Of a snapshot that an application ends with: when Flink had started its job, just before it was asked to end the job. A later start shows that the JobManager has restarted since.
             */
            jobStartTime?: string;
            /**
             * Format: date-time
             * @description When Drey recorded the complete snapshot.
             */
            completedAt?: string;
            /** @description The last operation that was to dispose of the snapshot. No command starts from it until that has ended. */
            disposalOperationId?: string;
            /** @description The last command that named the snapshot to start from it. */
            restoreOperationId?: string;
            /** Format: date-time */
            disposedAt?: string;
            /**
             * @description IN_PROGRESS: its operation has not ended. COMPLETED: it can be restored. FAILED: its operation ended without it. DISPOSED: Flink has deleted it.
             * @enum {string}
             */
            state: "IN_PROGRESS" | "COMPLETED" | "FAILED" | "DISPOSED";
            /** @description Why the snapshot failed. */
            problem?: components["schemas"]["Problem"];
        };
        Logs: {
            /** @description The lines. JSON for `file`. */
            log: string;
            /**
             * @description live: the pod or the JobManager was read for this request. kept: a file that outlives the cluster.
             * @enum {string}
             */
            source: "live" | "kept";
            /** @description The deploy operation of the incarnation. */
            operationId: string;
            /** @description Absent: the newest JobManager that runs. */
            pod?: string;
            /**
             * Format: date-time
             * @description Of a kept file: when it was kept.
             */
            at?: string;
            /**
             * @description Older lines are left out, because of the size.
             * @constant
             */
            truncated?: true;
        };
        KeptLogsList: {
            /** @description Newest first. */
            incarnations: components["schemas"]["KeptIncarnation"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
            /** @description Names of records that another version of Drey wrote, in a form that this version cannot read. */
            unreadable?: string[];
        };
        KeptIncarnation: {
            /** @description The deploy operation of the incarnation. */
            operationId: string;
            revision?: number;
            /**
             * Format: date-time
             * @description When the last of the files was kept.
             */
            at: string;
            files: components["schemas"]["KeptFile"][];
            /** @description What could not be kept, and why. */
            leftOut: components["schemas"]["LeftOut"][];
        };
        KeptFile: {
            /** @description Name of the object in the bucket, below the folder of the incarnation. */
            name: string;
            /** @enum {string} */
            kind: "log" | "exceptions" | "jobs" | "configuration";
            pod?: string;
            /** @enum {string} */
            component?: "jobmanager" | "taskmanager";
            /** @description How often Flink's container of the pod had restarted before the container of this log. */
            restart?: number;
            /** @description Size without compression. */
            bytes: number;
            /**
             * @description The newest part of a log that was longer.
             * @constant
             */
            truncated?: true;
            /** Format: date-time */
            at: string;
        };
        LeftOut: {
            name: string;
            reason: string;
        };
        JobPlan: {
            /** @description Flink's job plan: nodes and edges. */
            plan: unknown;
        };
        Upload: {
            /** @description The `jar` of a submit, or the `dataref` of a message. */
            jar: string;
            /** @description Presigned URL. Upload the file by PUT with `headers`. */
            url: string;
            headers: {
                [key: string]: string;
            };
            /** Format: date-time */
            expiresAt: string;
        };
        Plan: {
            clusterId: string;
            /** @description Kubernetes objects in order of creation, with `******` for the content of files, Secrets and environment variables, and for commands and their arguments. A deploy adds an annotation and options that name its operation. */
            objects: unknown[];
            /** @description The cluster's complete configuration with the source of each value. `******` stands for a value that may be a secret. */
            config: {
                [key: string]: {
                    value: string | number | boolean | string[];
                    /** @enum {string} */
                    from: "folder" | "target" | "command" | "drey";
                };
            };
            warnings: string[];
            /**
             * @description Result of the server-side dry run on the API server of the target.
             * @enum {string}
             */
            dryRun: "passed" | "refused" | "not-tried";
            /** @description Why the API server refused the objects or was not called. */
            errors: {
                pointer: string;
                detail: string;
            }[];
            /** @description `planDigest` of an apply. Another spec, another current revision, other settings of the target, and another `state`, `fallback`, `allowNonRestoredState` or `restart` of `rollout` have another one. */
            digest: string;
            /** @description Where the state comes from after an apply. */
            state: {
                /**
                 * @description running: the jobs continue. savepoint: the rollout stops each job with a savepoint. last-state: the rollout takes the last complete checkpoint of each job. snapshot: nothing runs, and the next incarnation starts from `path`, or a session with the jobs that it was suspended with. restore: `restore` of the spec, or an option with the same meaning, names the state. high-availability: nothing runs, and Flink recovers the jobs from the data that an earlier incarnation has left. none: the next incarnation starts without state.
                 * @enum {string}
                 */
                source: "running" | "savepoint" | "last-state" | "snapshot" | "restore" | "high-availability" | "none";
                kind?: string;
                path?: string;
                /**
                 * @description The cluster has state, and the apply drops it, because `state` of `rollout` is none.
                 * @constant
                 */
                dropped?: true;
                /**
                 * @description What the apply does when there is no such state. none: the state is dropped. Absent: it fails.
                 * @enum {string}
                 */
                fallback?: "last-state" | "none";
                /**
                 * Format: date-time
                 * @description When the snapshot was recorded.
                 */
                at?: string;
                /** @description Age of the snapshot at the time of the plan. */
                ageSeconds?: number;
                /** @description Of a running application: what an apply with `state: last-state` would start from. Absent: Flink does not answer, or the state is dropped. */
                lastState?: {
                    /** @description The last complete checkpoint now, or the snapshot that the job was started from, if it has completed none. */
                    path?: string;
                    /**
                     * Format: date-time
                     * @description When Flink began the checkpoint.
                     */
                    at?: string;
                    /** @description Age of the checkpoint at the time of the plan. */
                    ageSeconds?: number;
                    /** @description Why there would be no such state. */
                    refusal?: string;
                };
                /** @description Of an application that has ended, and would start without state: the newest snapshot of the ID that `job.restore` could name. */
                newest?: {
                    /**
                     * @description ID of a snapshot of the cluster ID.
                     * @example 0192f6d27d5c7b0e8f4e0f6f4f3f2a14
                     */
                    snapshotId: string;
                    /** @enum {string} */
                    kind: "savepoint" | "checkpoint";
                    path: string;
                    /**
                     * Format: date-time
                     * @description When the snapshot was complete.
                     */
                    at: string;
                    /** @description Age of the snapshot at the time of the plan. */
                    ageSeconds: number;
                };
            };
            /** @description What an apply would change. Absent if no live cluster has the ID, or if the spec of its revision is not stored. Both specs are compared with the settings that the target has now. */
            changes?: {
                /** @description Number of the current revision, which the spec is compared with. */
                revision: number;
                /** @description Whether an apply would do nothing, because the spec is the same. */
                unchanged: boolean;
                /**
                 * @description The least that the changes need. none: only labels (but that of the team), the lifetime, the snapshot policy or `onFailure` change, and an apply writes the record of the cluster only. rescale: only the parallelism of an application with one job and the adaptive scheduler changes besides, and an apply rescales the running job. restart: an apply restarts the cluster with its state.
                 * @enum {string}
                 */
                class: "none" | "rescale" | "restart";
                changes: {
                    /**
                     * @description JSON pointer: a member of the deploy, or `/config/KEY` for an option of the complete configuration.
                     * @example /job/parallelism
                     */
                    pointer: string;
                    /** @description Absent: the current revision does not have it. */
                    old?: unknown;
                    /** @description Absent: the new spec does not have it. */
                    new?: unknown;
                    /**
                     * @description Source of the new value, or of the old value if it is removed.
                     * @enum {string}
                     */
                    from: "folder" | "target" | "command" | "drey";
                }[];
            };
        };
        Specs: {
            specs: {
                /**
                 * @description Name of a spec or schedule, unique in the target.
                 * @example office
                 */
                name: string;
                target: string;
                /** Format: date-time */
                updatedAt: string;
            }[];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
        };
        Spec: {
            /**
             * @description Name of a spec or schedule, unique in the target.
             * @example office
             */
            name: string;
            target: string;
            /** Format: date-time */
            updatedAt: string;
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            updatedBy: string;
            /** @description The stored SpecBody with its defaults. */
            deploy: {
                [key: string]: unknown;
            };
        };
        Schedules: {
            schedules: components["schemas"]["Schedule"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
            /** @description Names of records that another version of Drey wrote, in a form that this version cannot read. */
            unreadable?: string[];
        };
        Schedule: {
            /**
             * @description Name of a spec or schedule, unique in the target.
             * @example office
             */
            name: string;
            target: string;
            /** @description Changes with every update. A timer event of an earlier revision has no effect. */
            revision: string;
            /** Format: date-time */
            updatedAt: string;
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            updatedBy: string;
            definition: components["schemas"]["ScheduleBodyOutput"];
        };
        ScheduleRuns: {
            runs: components["schemas"]["ScheduleRun"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
            /** @description Names of records that another version of Drey wrote, in a form that this version cannot read. */
            unreadable?: string[];
        };
        ScheduleRun: {
            runId: string;
            target: string;
            name: string;
            /** @enum {string} */
            action: "stop" | "deploy" | "apply" | "suspend" | "resume" | "rescale";
            /** Format: date-time */
            scheduledAt: string;
            /** Format: date-time */
            startedAt: string;
            /**
             * Format: date-time
             * @description When the last command of the run was sent.
             */
            endedAt?: string;
            readonly results: {
                clusterId?: string;
                /** @description Of a selected cluster: the deploy operation of its incarnation. */
                clusterOperationId?: string;
                /** @description Of a rescale: the selected job. */
                jobId?: string;
                /** @description ID of the operation. Absent if the command was refused, or had nothing to change. */
                operationId?: string;
                /**
                 * @description Of an apply: the cluster ran the spec already.
                 * @constant
                 */
                unchanged?: true;
                /**
                 * @description Current state of the operation, for the newest 1,000 commands of a response.
                 * @enum {string}
                 */
                state?: "QUEUED" | "PENDING" | "IN_PROGRESS" | "SUCCEEDED" | "FAILED" | "CANCELED";
                /** @description Problem code of a refused or failed command. */
                code?: string;
                detail?: string;
            }[];
            /** @description Why Drey skipped all or part of the run. The timer event arrived too late. */
            missed?: string;
            /** @description Number of selected clusters or jobs beyond the maximum of one run. */
            skipped?: number;
        };
        Orphans: {
            orphans: components["schemas"]["Orphan"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
        };
        Orphan: {
            /** @enum {string} */
            kind: "Deployment" | "Service" | "ConfigMap";
            name: string;
            uid: string;
            clusterId: string;
            /**
             * @description NotRecorded: an object of a Flink cluster that Drey did not deploy or no longer manages. NoDeployment: a remainder of a deleted cluster. HighAvailabilityData: kept by a stop, or a remainder. A new cluster with the same ID recovers its jobs from it.
             * @enum {string}
             */
            reason: "NotRecorded" | "NoDeployment" | "HighAvailabilityData";
        };
        BatchItems: {
            batchItems: {
                batchId: string;
                batchIndex: number;
                clusterId: string;
                operationId?: string;
                /** @enum {string} */
                verdict?: "FINISHED" | "FAILED" | "CANCELED";
                message?: string;
            }[];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
        };
        QueueView: {
            target: string;
            /** @description Present while the queue is paused: no command is admitted. */
            paused?: {
                /** Format: date-time */
                since: string;
                /**
                 * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
                 * @example arn:aws:sts::123456789012:assumed-role/etl/ada
                 */
                principal: string;
            };
            /**
             * @description Maximum concurrent usage. Commands that exceed it are queued.
             * @default {}
             * @example {
             *       "clusters": 20,
             *       "cpu": 64,
             *       "memoryGibibytes": 256
             *     }
             */
            limits: {
                clusters?: number;
                /** @description Applications and jobs on sessions. */
                jobs?: number;
                /** @description Sum of CPU requests of the pods. */
                cpu?: number;
                /** @description Sum of memory requests of the pods. */
                memoryGibibytes?: number;
            };
            usage: components["schemas"]["Demand"];
            teams: {
                team: string;
                usage: components["schemas"]["Demand"];
            }[];
            /** @description Number of queued commands. */
            length: number;
            queued: components["schemas"]["QueuedCommand"][];
            /** @description Present if there are more items. Pass it as `cursor`. */
            cursor?: string;
        };
        Demand: {
            clusters: number;
            jobs: number;
            cpu: number;
            memoryMebibytes: number;
        };
        QueuedCommand: {
            position: number;
            operationId: string;
            /** @enum {string} */
            kind: "deploy" | "submit";
            clusterId: string;
            /**
             * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            principal: string;
            /**
             * @description Who changed the priority last.
             * @example arn:aws:sts::123456789012:assumed-role/etl/ada
             */
            updatedBy?: string;
            team: string;
            priority: number;
            /**
             * Format: date-time
             * @description When the command was queued.
             */
            since: string;
            /** Format: date-time */
            deadline: string;
            dependsOn: string[];
            /**
             * @description Why the command is not admitted yet.
             * @enum {string}
             */
            reason: "Starting" | "WaitingForQuota" | "WaitingForTurn" | "WaitingForDependency" | "WaitingForCluster" | "Paused";
            message: string;
        };
        Cancellation: {
            /** @description Number of canceled commands. */
            canceled: number;
        };
        DeadLetters: {
            commands: {
                /** @description Message ID of SQS. */
                id: string;
                subject?: string;
                type?: string;
                /** @description The `id` attribute of the message. */
                commandId?: string;
                correlationId?: string;
                /**
                 * @description Who gave the command or caused the change: `arn:…` (IAM), `jwt:<issuer>#<subject>`, `sqs:<sender ID>`, `schedule:<name> by <author>`, or `drey:<part>` for Drey itself.
                 * @example arn:aws:sts::123456789012:assumed-role/etl/ada
                 */
                principal: string;
                /**
                 * @description Who redrove the command, before it failed again.
                 * @example arn:aws:sts::123456789012:assumed-role/etl/ada
                 */
                redrivenBy?: string;
                /** @description Problem code of the last attempt, if known. */
                code?: string;
                detail?: string;
            }[];
            /**
             * @description More dead letters may exist: SQS has no pages. Redrive these, and repeat the request.
             * @constant
             */
            more?: true;
        };
        Health: {
            /** @constant */
            status: "ok";
            version: string;
        };
        PolicyOutput: {
            /**
             * @description The level of Kubernetes' Pod Security Standards that all pods keep: `restricted`, `baseline` or `privileged`.
             * @default baseline
             * @enum {string}
             */
            podSecurity: "restricted" | "baseline" | "privileged";
            /**
             * @description Images that pods may have. `*` stands for any text. A pattern that ends with `@sha256:*` requires a digest.
             * @default [
             *       "*"
             *     ]
             * @example [
             *       "registry.example.com/flink/*@sha256:*"
             *     ]
             */
            images: string[];
            /**
             * @description Where programs may come from, besides uploads and files of the image (`local://`): prefixes of file systems, and hosts. It applies to jars, class paths, artifacts, SQL scripts and Python files.
             * @default []
             * @example [
             *       "s3://bucket/jars/",
             *       "https://repository.example.com/"
             *     ]
             */
            jars: string[];
            /**
             * @description Service accounts that pods may have. Default: those that `defaults` and `locked` of the target name, and `default`.
             * @example [
             *       "flink"
             *     ]
             */
            serviceAccounts?: string[];
            /** @description Secrets and ConfigMaps that pods may use, besides those of their own cluster. Default: any of the namespace that does not belong to another cluster of Drey. */
            secrets?: string[];
            /**
             * @description Whether commands and the target itself may have secrets as text: the values of options and environment variables whose names Flink takes for secrets (`password`, `secret`, `token` …).
             * @default false
             */
            plainSecrets: boolean;
            /** @description Names of annotations that pods and Services may have. Default: for pods, any but those by which other controllers grant access; for Services, none, unless `exposure` has NodePort or LoadBalancer. */
            annotations?: string[];
            /**
             * @description Types that Flink's REST service may have.
             * @default [
             *       "ClusterIP",
             *       "Headless_ClusterIP"
             *     ]
             */
            exposure: ("ClusterIP" | "Headless_ClusterIP" | "NodePort" | "LoadBalancer")[];
            /**
             * @description Whether callers who may read the target may see Flink's web UI through the API (`drey ui`). Cancels and submits by the UI are never possible.
             * @default true
             */
            flinkUi: boolean;
            /**
             * @description Whether pods may refer to other namespaces, such as in affinities. The objects of a cluster are always in the target's namespace.
             * @default own
             * @enum {string}
             */
            namespaces: "own" | "any";
            /**
             * @description Options that always have this value. A command that sets another value is refused.
             * @default {}
             * @example {
             *       "kubernetes.service-account": "flink"
             *     }
             */
            locked: {
                [key: string]: string;
            };
            /**
             * @description Options and fields that no command may set. A trailing `.*` matches every option with that prefix. A field is written as a path without indices, such as `podTemplates.spec.tolerations` or `job.args`.
             * @default []
             * @example [
             *       "kubernetes.entry.path",
             *       "podTemplates.spec.nodeName"
             *     ]
             */
            denied: string[];
        };
        ScheduleBodyOutput: {
            /** @constant */
            action: "stop";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /** @description Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED. */
            selector: {
                /**
                 * @description Labels that a cluster must have, all of them.
                 * @default {}
                 * @example {
                 *       "team": "etl"
                 *     }
                 */
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                mode?: "session" | "application";
            };
            /**
             * @description Whether each job is stopped with a savepoint first. If a required savepoint fails, the cluster keeps running.
             * @default none
             * @enum {string}
             */
            savepoint: "none" | "best-effort" | "required";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /**
             * @description Whether high-availability data is kept or deleted. A new cluster with the same ID recovers its jobs from it. `purge` without savepoints cancels the jobs, so that Flink deletes the data.
             * @default keep
             * @enum {string}
             */
            ha: "keep" | "purge";
        } | {
            /** @constant */
            action: "suspend";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /** @description Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED. */
            selector: {
                /**
                 * @description Labels that a cluster must have, all of them.
                 * @default {}
                 * @example {
                 *       "team": "etl"
                 *     }
                 */
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                mode?: "session" | "application";
            };
            /**
             * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
             * @default savepoint
             * @enum {string}
             */
            state: "savepoint" | "last-state" | "none";
            /**
             * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
             * @enum {string}
             */
            fallback?: "last-state" | "none";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
        } | {
            /** @constant */
            action: "resume";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /** @description Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED. */
            selector: {
                /**
                 * @description Labels that a cluster must have, all of them.
                 * @default {}
                 * @example {
                 *       "team": "etl"
                 *     }
                 */
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                mode?: "session" | "application";
            };
            /**
             * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
             * @default false
             */
            allowNonRestoredState: boolean;
            /**
             * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
             * @default 5min
             * @example 5min
             */
            stableWithin: string;
            /**
             * @description How many times Flink may restart a job within `stableWithin`.
             * @default 0
             */
            maxRestarts: number;
            /**
             * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
             * @default rollback
             * @enum {string}
             */
            onFailure: "rollback" | "keep";
        } | {
            /** @constant */
            action: "rescale";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /** @description Selects live clusters. {} selects every live cluster of the target. Of `suspend` they are RUNNING, and of `resume` SUSPENDED. */
            selector: {
                /**
                 * @description Labels that a cluster must have, all of them.
                 * @default {}
                 * @example {
                 *       "team": "etl"
                 *     }
                 */
                labels: {
                    [key: string]: string;
                };
                /** @enum {string} */
                mode?: "session" | "application";
            };
            /** @description Parallelism of each vertex of the job. A vertex whose maximum parallelism is less gets its maximum parallelism. */
            parallelism: number;
            /**
             * @description Time in which the job has to run with the parallelism, at most 2h. Otherwise the last parallelism is restored.
             * @default 10min
             * @example 10min
             */
            within: string;
        } | {
            /** @constant */
            action: "deploy";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /**
             * @description The stored spec to deploy.
             * @example office
             */
            spec: string;
        } | {
            /** @constant */
            action: "apply";
            /**
             * @description A cron or rate expression of EventBridge Scheduler.
             * @example cron(0 20 ? * MON-FRI *)
             */
            expression: string;
            /**
             * @description Time zone of a cron expression. Daylight saving time applies.
             * @default UTC
             * @example Europe/Berlin
             */
            timezone: string;
            /** @default true */
            enabled: boolean;
            /**
             * @description The stored spec to apply. It names its cluster ID.
             * @example office
             */
            spec: string;
            /**
             * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
             * @default savepoint
             * @enum {string}
             */
            state: "savepoint" | "last-state" | "none";
            /**
             * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
             * @enum {string}
             */
            fallback?: "last-state" | "none";
            /**
             * Format: uri
             * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
             */
            savepointDirectory?: string;
            /**
             * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
             * @default false
             */
            allowNonRestoredState: boolean;
            /**
             * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
             * @default 5min
             * @example 5min
             */
            stableWithin: string;
            /**
             * @description How many times Flink may restart a job within `stableWithin`.
             * @default 0
             */
            maxRestarts: number;
            /**
             * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
             * @default rollback
             * @enum {string}
             */
            onFailure: "rollback" | "keep";
        };
    };
    responses: {
        /** @description The body is that of the entity tag in `If-None-Match`. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
    };
    parameters: {
        /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
        IfNoneMatch: string;
    };
    requestBodies: never;
    headers: {
        /** @description The weak entity tag of the body. It is not the number of a revision, which the commands take in `If-Match`. */
        ETag: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getTargetsClusters: {
        parameters: {
            query?: {
                /** @description Comma-separated states. Default: the live states. */
                state?: string;
                /** @description session or application. Default: both. */
                mode?: "session" | "application" | "per-job";
                /** @description Comma-separated labels, each key=value. */
                label?: string;
                /** @description true: each cluster has its jobs. */
                jobs?: "true" | "false";
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clusters"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClusters: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Deploy"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersJobs: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Jobs"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersJobs: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Submit"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersJobsCancel: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersStop: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Stop"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersExtend: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Extend"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsBatches: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Batch"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersJobsSavepoints: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Directory of the savepoint. Default: the savepoint directory of the cluster.
                     * @example s3://bucket/savepoints
                     */
                    directory?: string;
                    /**
                     * @description CANONICAL can be restored with another state backend. NATIVE is faster.
                     * @default CANONICAL
                     * @enum {string}
                     */
                    format?: "CANONICAL" | "NATIVE";
                    /**
                     * @description Cancel the job when the savepoint is complete (`flink cancel -s`, deprecated by Flink).
                     * @default false
                     */
                    cancelJob?: boolean;
                };
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersJobsCheckpoints: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Take a full checkpoint even if the job uses incremental checkpoints.
                     * @default false
                     */
                    full?: boolean;
                };
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersJobsStop: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Directory of the savepoint. Default: the savepoint directory of the cluster.
                     * @example s3://bucket/savepoints
                     */
                    directory?: string;
                    /**
                     * @description CANONICAL can be restored with another state backend. NATIVE is faster.
                     * @default CANONICAL
                     * @enum {string}
                     */
                    format?: "CANONICAL" | "NATIVE";
                    /**
                     * @description Emit the maximum watermark and process all records in flight first, as if the sources had ended.
                     * @default false
                     */
                    drain?: boolean;
                };
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersSavepointdisposals: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DisposeSavepoint"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cluster"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTargetsClustersOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    mode: "session" | "application" | "per-job";
                    /**
                     * @description Flink options, like -Dkey=value.
                     * @example {
                     *       "taskmanager.numberOfTaskSlots": "4"
                     *     }
                     */
                    config?: {
                        [key: string]: string | number | boolean;
                    };
                    /**
                     * @description Short form of kubernetes.container.image.ref.
                     * @example flink:2.2
                     */
                    image?: string;
                    /** @description The program of an application cluster. */
                    job?: components["schemas"]["ApplicationJob"];
                    /**
                     * @description Of a session: the jobs to submit again when the session runs. An application has `restore` in `job`.
                     * @example {
                     *       "fromCluster": "office",
                     *       "latest": true,
                     *       "allowEmptyState": true
                     *     }
                     */
                    restore?: components["schemas"]["RestoreJobs"];
                    /**
                     * @description Flink version of the image. Default: from the tag of an image whose name has the word flink, or else 2.3.
                     * @enum {string}
                     */
                    flinkVersion?: "1.20" | "2.0" | "2.1" | "2.2" | "2.3";
                    /** @description Pod templates, like `kubernetes.pod-template-file.*`. */
                    podTemplates?: {
                        default?: components["schemas"]["PodTemplate"];
                        jobmanager?: components["schemas"]["PodTemplate"];
                        taskmanager?: components["schemas"]["PodTemplate"];
                    };
                    /** @description Logging configuration. Default: Drey's log4j-console.properties. */
                    files?: {
                        [key: string]: string;
                    };
                    /** @description Hadoop configuration to mount. */
                    hadoop?: {
                        [key: string]: string;
                    };
                    /** @description Keytab of `security.kerberos.login.principal` and krb5.conf to mount. */
                    kerberos?: {
                        keytab?: {
                            name: string;
                            /** Format: base64 */
                            base64: string;
                        };
                        krb5Conf?: string;
                    };
                    /**
                     * @description When Drey stops the cluster. Without a lifetime it runs until a stop, or until the `maxAge` of the target.
                     * @example {
                     *       "ttl": "8h",
                     *       "savepoint": "best-effort"
                     *     }
                     */
                    lifetime?: {
                        /**
                         * @description Time from start to end of the cluster.
                         * @example 8h
                         */
                        ttl?: string;
                        /**
                         * Format: date-time
                         * @description End of the cluster. If `ttl` is also set, the earlier end applies.
                         */
                        until?: string;
                        /**
                         * @description Stops a session after Flink has reported no live job for this long. A session that does not respond is not idle.
                         * @example 8h
                         */
                        idleAfter?: string;
                        /**
                         * @description Whether each job is stopped with a savepoint first. If a required savepoint fails, the cluster keeps running.
                         * @default none
                         * @enum {string}
                         */
                        savepoint?: "none" | "best-effort" | "required";
                        /**
                         * Format: uri
                         * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
                         */
                        savepointDirectory?: string;
                        /**
                         * @description Whether high-availability data is kept or deleted. A new cluster with the same ID recovers its jobs from it. `purge` without savepoints cancels the jobs, so that Flink deletes the data.
                         * @default keep
                         * @enum {string}
                         */
                        ha?: "keep" | "purge";
                        /**
                         * @description Time from the event `Flink Lifetime Warning` to the end. 0s: no warning.
                         * @default 10min
                         */
                        warnBefore?: string | "0s";
                    };
                    /**
                     * @description Savepoints that Drey takes of each running job by itself.
                     * @example {
                     *       "every": "6h",
                     *       "keep": 5,
                     *       "maxAge": "7d",
                     *       "notBetween": [
                     *         "Mon-Fri 08:00-10:00 Europe/Berlin"
                     *       ]
                     *     }
                     */
                    snapshots?: {
                        /**
                         * @description Time between two savepoints of a job.
                         * @example 6h
                         */
                        every: string;
                        /**
                         * @description How many savepoints of this policy are kept of each job name. Older ones are disposed of.
                         * @default 5
                         */
                        keep?: number;
                        /**
                         * @description Age after which a savepoint of this policy is disposed of. The newest one of each job name is kept.
                         * @example 8h
                         */
                        maxAge?: string;
                        /** @description Spans in which no savepoint is taken. It is taken afterwards. */
                        notBetween?: string[];
                        /**
                         * @description Directory of the savepoint. Default: the savepoint directory of the cluster.
                         * @example s3://bucket/savepoints
                         */
                        directory?: string;
                    };
                    /**
                     * @description Whether the objects of a failed deploy are removed, or kept for diagnosis until the cluster is stopped or its ID is deployed again.
                     * @default remove
                     * @enum {string}
                     */
                    onFailure?: "remove" | "keep";
                    /**
                     * @description Labels of the cluster, for queries and events.
                     * @default {}
                     * @example {
                     *       "team": "etl"
                     *     }
                     */
                    labels?: {
                        [key: string]: string;
                    };
                    /**
                     * @description Queued commands with a higher priority start first.
                     * @default 0
                     */
                    priority?: number;
                    /**
                     * Format: date-time
                     * @description The command fails if it has not started by then. Default: 24 hours after its arrival.
                     */
                    deadline?: string;
                    /** @description Identifies the command in the event of its verdict. */
                    correlationId?: string;
                    /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
                    taskToken?: string;
                    /**
                     * @default {
                     *       "state": "savepoint",
                     *       "allowNonRestoredState": false,
                     *       "stableWithin": "5min",
                     *       "maxRestarts": 0,
                     *       "onFailure": "rollback",
                     *       "restart": false
                     *     }
                     */
                    rollout?: {
                        /**
                         * @description The state that the next incarnation starts from. savepoint: each job is stopped with a savepoint. If that fails, the cluster keeps running, and the rollout fails. last-state: the last complete checkpoint of each job, also of one that restarts all the time. none: the state is dropped.
                         * @default savepoint
                         * @enum {string}
                         */
                        state?: "savepoint" | "last-state" | "none";
                        /**
                         * @description What happens when there is no such state. last-state: after a failed savepoint, the rollout takes the last complete checkpoint. none: the state is dropped. Default: the cluster keeps running, and the rollout fails.
                         * @enum {string}
                         */
                        fallback?: "last-state" | "none";
                        /**
                         * Format: uri
                         * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
                         */
                        savepointDirectory?: string;
                        /**
                         * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
                         * @default false
                         */
                        allowNonRestoredState?: boolean;
                        /**
                         * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
                         * @default 5min
                         * @example 5min
                         */
                        stableWithin?: string;
                        /**
                         * @description How many times Flink may restart a job within `stableWithin`.
                         * @default 0
                         */
                        maxRestarts?: number;
                        /**
                         * @description What happens when the new incarnation does not start or is not stable. rollback: it is removed, and the last stable revision starts from the same state. Without one, the cluster is SUSPENDED with its state. keep: an incarnation that is RUNNING continues to run. One that does not start is removed, and the cluster is SUSPENDED with its state. A new cluster stays as it is in either case.
                         * @default rollback
                         * @enum {string}
                         */
                        onFailure?: "rollback" | "keep";
                        /**
                         * @description Restart the cluster also for a change that needs no restart, such as one of labels, or of the parallelism with the adaptive scheduler.
                         * @default false
                         */
                        restart?: boolean;
                    };
                    /** @description The `digest` of a plan. The command is refused (`plan-mismatch`) unless it would do what that plan showed. */
                    planDigest?: string;
                    /** @description The command is refused (`revision-mismatch`) unless this is the current revision of the cluster ID. The header `If-Match` sets it as well. */
                    ifRevision?: number;
                };
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersRollback: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Rollback"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersRestart: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Restart"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersSuspend: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Suspend"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersResume: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Resume"];
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersSnapshotsDisposal: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                /** @description ID of a snapshot of the cluster ID. */
                snapshotId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersJobsRescale: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Parallelism of each vertex of the job. A vertex whose maximum parallelism is less gets its maximum parallelism. */
                    parallelism: number;
                    /**
                     * @description Time in which the job has to run with the parallelism, at most 2h. Otherwise the last parallelism is restored.
                     * @default 10min
                     * @example 10min
                     */
                    within?: string;
                };
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accepted"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersJobsOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTargetsClustersJobsOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description Idempotency key. Repeated requests with the same key have one effect and one response, for seven days. */
                "Idempotency-Key"?: string;
                /** @description wait=N waits up to N seconds for the end of the operation, at most 25. */
                Prefer?: string;
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                jobId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description The `jar` of an upload. */
                    jar?: string;
                    /** @description A SQL script, instead of `jar`. */
                    sql?: components["schemas"]["SqlProgram"];
                    entryClass?: string;
                    /** @default [] */
                    args?: string[];
                    parallelism?: number;
                    /** @description Where the new job starts from with `state: none`. */
                    restore?: {
                        /** @description Path of a savepoint or retained checkpoint. */
                        path?: string;
                        /**
                         * @description A cluster of the same target, instead of `path`. The job starts from the final savepoint of a job of this cluster.
                         * @example my-first-flink-cluster
                         */
                        fromCluster?: string;
                        /**
                         * @description ID of a COMPLETED snapshot of any cluster of the same target, instead of `path`.
                         * @example 0192f6d27d5c7b0e8f4e0f6f4f3f2a14
                         */
                        snapshot?: string;
                        /**
                         * @description Selects the last incarnation that had a job. `true` is the default and the only valid value.
                         * @constant
                         */
                        latest?: true;
                        /** @description Name or ID of the job. Required if the incarnation has savepoints of several jobs. */
                        job?: string;
                        /** @description Start with empty state if there is no such savepoint. Default: refuse the command. */
                        allowEmptyState?: boolean;
                        /** @description Drop state of operators that the program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does. */
                        allowNonRestoredState?: boolean;
                        /**
                         * @description Whether Flink takes ownership of the savepoint, as `execution.state-recovery.claim-mode` does.
                         * @enum {string}
                         */
                        claimMode?: "NO_CLAIM" | "CLAIM" | "LEGACY";
                    };
                    /**
                     * @description Flink options, like -Dkey=value.
                     * @example {
                     *       "taskmanager.numberOfTaskSlots": "4"
                     *     }
                     */
                    config?: {
                        [key: string]: string | number | boolean;
                    };
                    /**
                     * Format: date-time
                     * @description The command fails if it has not started by then. Default: 24 hours after its arrival.
                     */
                    deadline?: string;
                    /** @description Identifies the command in the event of its verdict. */
                    correlationId?: string;
                    /** @description Token of a Step Functions task (.waitForTaskToken) that completes with the verdict. */
                    taskToken?: string;
                    /**
                     * @default {
                     *       "state": "savepoint",
                     *       "allowNonRestoredState": false,
                     *       "stableWithin": "5min",
                     *       "maxRestarts": 0,
                     *       "onFailure": "rollback"
                     *     }
                     */
                    rollout?: {
                        /**
                         * @description The state that the new job starts from. savepoint: the old job is stopped with a savepoint. If that fails, it keeps running, and the apply fails. none: the old job is canceled, and its state is dropped.
                         * @default savepoint
                         * @enum {string}
                         */
                        state?: "savepoint" | "none";
                        /**
                         * Format: uri
                         * @description Directory of the savepoints. Default: the savepoint directory of the cluster.
                         */
                        savepointDirectory?: string;
                        /**
                         * @description Drop state of operators that the new program no longer has, as `execution.state-recovery.ignore-unclaimed-state` does.
                         * @default false
                         */
                        allowNonRestoredState?: boolean;
                        /**
                         * @description How long the new incarnation is watched from when it is RUNNING. It is stable if all tasks run at the end of this time, a checkpoint was completed where checkpointing is on, and the jobs were restarted at most `maxRestarts` times.
                         * @default 5min
                         * @example 5min
                         */
                        stableWithin?: string;
                        /**
                         * @description How many times Flink may restart a job within `stableWithin`.
                         * @default 0
                         */
                        maxRestarts?: number;
                        /**
                         * @description What happens when the new job does not start or is not stable. rollback: it is canceled, and the old program starts again from the same state. keep: a new job that runs continues to run. If it has not started or has failed, the old program starts again.
                         * @default rollback
                         * @enum {string}
                         */
                        onFailure?: "rollback" | "keep";
                    };
                };
            };
        };
        responses: {
            /** @description The operation ended within the wait time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Accepted. The `Location` header names the operation. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargets: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Targets"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTargetsOne: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Target"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NamedTarget"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteTargetsOne: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsCheck: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetCheck"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersEvents: {
        parameters: {
            query?: {
                after?: number;
                limit?: number;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Transitions"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersRevisions: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Revisions"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersRevisionsOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                /** @description Number of a revision of the cluster ID. */
                revision: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionWithSpec"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersSnapshots: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Snapshots"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersSnapshotsOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                /** @description ID of a snapshot of the cluster ID. */
                snapshotId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Snapshot"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersLogs: {
        parameters: {
            query?: {
                lines?: number;
                /** @description taskmanager: the one with the number `number`. */
                component?: "jobmanager" | "taskmanager";
                /** @description Number of the TaskManager, in the order of the names of their pods. It counts for taskmanager only. */
                number?: number;
                /** @description Name of a pod, in place of `component` and `number`. */
                pod?: string;
                /** @description true: the log of the container before its last restart. */
                previous?: "true" | "false";
                /** @description Of a pod with several kept logs: that of the container after this number of restarts. In place of `previous`. */
                restart?: number;
                /** @description Only the lines of this time before now, or before a kept log was kept: 10m, for example. */
                since?: string;
                /** @description Only the lines with this text, in any case. */
                grep?: string;
                /** @description What the JobManager knows in place of a log, as JSON: the answers of its REST API without secrets. */
                file?: "exceptions" | "jobs" | "configuration";
                /** @description true: reads what is kept, also of a cluster that runs. */
                kept?: "true" | "false";
                /** @description The deploy operation of an incarnation, of which the kept files are read. Default: the last one. */
                incarnation?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Logs"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersKeptlogs: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeptLogsList"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsClustersJobplans: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["JobPlanRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPlan"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsClustersFlinkOne: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description kubernetes.cluster-id */
                clusterId: string;
                /** @description The path below the root of Flink's web UI, such as `jobs/overview`. */
                proxy: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": string;
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsUploads: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UploadRequest"];
            };
        };
        responses: {
            /** @description Success. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upload"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsPlans: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PlanRequest"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Plan"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsSpecs: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Specs"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsSpecsOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description Name of a spec or schedule, unique in the target. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Spec"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTargetsSpecsOne: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description Name of a spec or schedule, unique in the target. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SpecBody"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Spec"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteTargetsSpecsOne: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description Name of a spec or schedule, unique in the target. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsSchedules: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedules"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsSchedulesOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description Name of a spec or schedule, unique in the target. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTargetsSchedulesOne: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description Name of a spec or schedule, unique in the target. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ScheduleBody"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Schedule"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deleteTargetsSchedulesOne: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description Name of a spec or schedule, unique in the target. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Deletion"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsSchedulesRuns: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                /** @description Name of a spec or schedule, unique in the target. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ScheduleRuns"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsOrphans: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Orphans"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsOrphansRemoval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrphanRemoval"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Orphans"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsOperationsOne: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                operationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsOperationsItems: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                operationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchItems"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getTargetsQueue: {
        parameters: {
            query?: {
                /** @description Maximum number of items. A page may have fewer, because a response has at most 6 MB. */
                limit?: number;
                /** @description `cursor` of the previous page. Default: the first page. */
                cursor?: string;
            };
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTargetsQueue: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QueueControl"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueView"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putTargetsQueueOne: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                operationId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PriorityChange"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Operation"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postTargetsQueueCancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of a target: an EKS cluster, a namespace and policies. */
                target: string;
                operationId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cancellation"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getDeadletters: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetters"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    postDeadlettersRedrive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Redrive"];
            };
        };
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetters"];
                };
            };
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenapijson: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getHealth: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `ETag` of an earlier response, or a list of them. 304 if the body is still the same. */
                "If-None-Match"?: components["parameters"]["IfNoneMatch"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Success. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description Problem details. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
