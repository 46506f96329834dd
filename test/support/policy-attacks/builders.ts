import type { Policy } from '#events/records/policy.ts';

export const main = 'flink-main-container';
export const at = '/podTemplates/default/spec';

export type Data = Readonly<Record<string, unknown>>;

export const session = (rest: Data): Data => ({ mode: 'session', ...rest });
export const application = (job: object, rest: Data = {}): Data => ({ mode: 'application', job, ...rest });
export const options = (config: Readonly<Record<string, string>>): Data => session({ config });
export const pod = (spec: object, template = 'default'): Data => session({ podTemplates: { [template]: { spec } } });
export const container = (fields: object, name = main): Data => pod({ containers: [{ name, ...fields }] });
export const context = (securityContext: object): Data => container({ securityContext });
export const initContainer = (fields: object): Data =>
  pod({ initContainers: [{ name: 'init', image: 'x', ...fields }] });
export const volume = (source: object): Data => pod({ volumes: [{ name: 'v', ...source }] });
export const annotations = (metadata: object): Data => session({ podTemplates: { default: { metadata } } });
export const dynamic = (text: string): Data => options({ 'kubernetes.jobmanager.entrypoint.args': text });
export const args = '/config/kubernetes.jobmanager.entrypoint.args';

export type Row = readonly [data: Data, pointer: string, rule: string, policy?: Partial<Policy>];

export const host = { path: '/', port: 80, host: '169.254.169.254' };
export const jobOf = (jar: string, config: Readonly<Record<string, string>> = {}) => application({ jar }, { config });
export const local = 'local:///opt/flink/usrlib/a.jar';
export const sources = { jars: ['s3://jars/etl/', 'https://*.example.com/', 'https://repo.example.org/a/'] };
export const pythonFile = { file: local.replace('a.jar', 'a.py') };
export const restricted = { podSecurity: 'restricted' } as const;
export const hardened = {
  securityContext: { runAsNonRoot: true, runAsUser: 9999, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [{ name: main, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
};
export const images = { images: ['registry.example.com/*'] };
export const digest = `sha256:${'a'.repeat(64)}`;
export const image = 'registry.example.com/flink:2.2';

export const secrets = { secrets: ['etl-*'] };
export const locked = {
  locked: { 'kubernetes.service-account': 'flink', 'pipeline.name': 'etl', 'kubernetes.jobmanager.labels': 'team:a' },
};
export const denied = {
  denied: [
    'kubernetes.jobmanager.tolerations',
    'containerized.*',
    'job.args',
    'podTemplates.spec.nodeName',
    'python.files',
    'env.java.*',
    'kubernetes.secrets.mine',
  ],
};

const volumes = { volumes: [{ name: 'v', emptyDir: {} }] };

/** A mount needs its volume. */
export const withVolume = (data: Data): Data => {
  const { podTemplates } = data as { podTemplates?: Record<string, { spec?: object }> };
  if (podTemplates === undefined || !JSON.stringify(podTemplates).includes('"mountPath"')) return data;
  const templates = Object.entries(podTemplates).map(
    ([name, template]) => [name, { ...template, spec: { ...volumes, ...template.spec } }] as const,
  );
  return { ...data, podTemplates: Object.fromEntries(templates) };
};
