import type { RevisionSpec, RevisionWithSpec } from '#events/records/revisions.ts';
import { mask, maskValue } from '#events/secrets.ts';
import { omitUndefined } from '#shared/clusters/model/omit-undefined.ts';
import { hasSecret } from '#shared/clusters/model/policy/plain-secrets.ts';

import { hiddenMembers, hideTexts, maskMember } from './mask-plan.ts';

const hidden = {
  program: new Set(['args', 'script', 'sources']),
  kerberos: new Set(['base64', 'krb5Conf']),
} as const;

/**
 * A spec without secrets, as its plan has none: the values of options that may be secrets, the arguments, scripts and
 * sources of programs, the content of files, and the environment variables and commands of pod templates.
 */
export const maskSpec = ({
  config,
  labels,
  job,
  podTemplates,
  files,
  hadoop,
  kerberos,
  ...spec
}: RevisionSpec): RevisionWithSpec['deploy'] => ({
  ...maskMembers(spec, new Set()),
  ...omitUndefined({
    config: maskOptions(config),
    labels,
    job: job && maskMembers(job, hidden.program),
    podTemplates: podTemplates && maskTemplates(podTemplates),
    files: hideTexts(files),
    hadoop: hideTexts(hadoop),
    kerberos: kerberos && maskMembers(kerberos, hidden.kerberos),
  }),
});

/** The members of a pod template that are in the objects of a plan. Kubernetes ignores others. */
const templateMembers: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata', 'spec']);

const maskTemplates = (templates: Readonly<Record<string, object | undefined>>) =>
  Object.fromEntries(
    Object.entries(templates).map(([kind, template = {}]) => {
      const others = Object.keys(template).filter((name) => !templateMembers.has(name));
      return [kind, maskMembers(template, new Set([...hiddenMembers, ...others]))];
    }),
  );

const maskMembers = (value: object, names: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskMember(member, name, names)]));

const maskOptions = (config: RevisionSpec['config']) =>
  Object.fromEntries(Object.entries(config).map(([key, value]) => [key, maskOption(key, value)]));

/** The value of an option without secrets, also without those of options in arguments. */
export const maskOption = (key: string, value: string): string =>
  hasSecret(key, value) ? mask : maskValue(key, value);
