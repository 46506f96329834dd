/** The members whose texts Drey shows by design. `docs/policy.md` says so. Every other text of a command is in no sink. */
interface Visible {
  /** Names and comments, by which people recognize commands and clusters. */
  readonly names: readonly string[];
  /** Places and options that are no secrets. Passwords and signatures in them are hidden. */
  readonly places: readonly string[];
  /** Secrets that a target with `plainSecrets` keeps in its own record. Answers hide them. */
  readonly kept?: readonly string[];
}

const dependencies = ['/correlationId', '/dependsOn', '/dependsOn/0'];

const deploy: Visible = {
  names: [
    ...dependencies,
    '/clusterId',
    '/labels/my.password',
    '/image',
    '/job/entryClass',
    '/job/python/module',
    '/restore/fromCluster',
    '/job/restore/fromCluster',
  ],
  places: [
    '/job/jar',
    '/job/restore/path',
    '/job/sql/scriptUri',
    '/job/python/archives',
    '/job/python/archives/0',
    '/job/python/files',
    '/job/python/files/0',
    '/job/python/requirements',
    '/job/python/executable',
    '/job/python/clientExecutable',
    '/job/python/pythonPath',
    '/podTemplates/default/metadata/annotations/token',
    '/config/pipeline.classpaths',
    '/config/kubernetes.secrets',
    '/config/kubernetes.env.secretKeyRef',
    '/config/taskmanager.numberOfTaskSlots',
  ],
};

/** By the kind of a command, or the route of another request. The answers about a stored spec have all of it. */
export const visibleMembers: Readonly<Record<string, Visible>> = {
  deploy,
  apply: { names: ['/clusterId', '/correlationId'], places: [] },
  rollback: { names: ['/correlationId'], places: [] },
  restart: { names: ['/correlationId'], places: [] },
  suspend: { names: ['/correlationId'], places: [] },
  resume: { names: ['/correlationId'], places: [] },
  submit: {
    names: [...dependencies, '/entryClass', '/restore/fromCluster'],
    places: ['/restore/path', '/sql/scriptUri'],
  },
  stop: { names: ['/reason'], places: [] },
  batch: { names: ['/name', '/correlationId'], places: ['/template/job/jar'] },
  cancel: { names: ['/jobId'], places: [] },
  savepoint: { names: ['/jobId'], places: [] },
  checkpoint: { names: ['/jobId'], places: [] },
  'stop-job': { names: ['/jobId'], places: [] },
  'dispose-savepoint': { names: [], places: ['/path'] },
  'dispose-snapshot': { names: [], places: [] },
  rescale: { names: ['/jobId'], places: [] },
  'apply-job': {
    names: ['/jobId', '/correlationId', '/entryClass', '/restore/fromCluster'],
    places: ['/restore/path', '/sql/scriptUri'],
  },
  'POST /v1/targets/{target}/plans': {
    names: ['/clusterId', '/labels/my.password', '/image', '/job/restore/fromCluster'],
    places: [
      '/job/jar',
      '/job/entryClass',
      '/job/restore/path',
      '/config/pipeline.classpaths',
      '/podTemplates/default/metadata/annotations/token',
    ],
  },
  'PUT /v1/targets/{target}': {
    names: [
      '/cluster',
      '/namespace',
      ...['images', 'serviceAccounts', 'secrets', 'annotations', 'denied'].flatMap((member) => [
        `/policy/${member}`,
        `/policy/${member}/0`,
      ]),
    ],
    places: [],
    kept: ['/defaults/my.password', '/defaults/s3.secret-key', '/policy/locked/s3.secret-key'],
  },
  'PUT /v1/targets/{target}/schedules/{name}': { names: ['/selector/labels/my.password'], places: [] },
  'PUT /v1/targets/{target}/specs/{name}': { names: [], places: ['/job/jar'] },
  'POST /v1/dead-letters/redrive': { names: ['/ids', '/ids/0'], places: [] },
};
