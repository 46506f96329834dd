/** What a deployed stage says about its hosted dashboard. */
import { Failure } from '#cli/api/failure.ts';
import type { HostedSession } from '#events/page-session.ts';

import type { StageSettings } from '../stage-settings.ts';

/** The outputs of a stack by their names, or undefined when there is no such stack. */
export type ReadOutputs = (stack: string) => Promise<Readonly<Record<string, string>> | undefined>;

interface Stage {
  readonly stage: string;
  readonly region: string;
  readonly settings: StageSettings;
  /** Of Drey. */
  readonly version: string;
}

/** Where the page of a stage goes, and what it says. */
export interface Hosting {
  readonly url: string;
  readonly bucket: string;
  readonly session: HostedSession;
}

/**
 * Finds where the page of a stage goes.
 *
 * @throws Failure when the stage is not deployed, or has no hosted dashboard.
 */
export const findHosting = async (
  { stage, region, settings: { dashboard, jwt }, version }: Stage,
  readOutputs: ReadOutputs,
): Promise<Hosting> => {
  if (dashboard === undefined || jwt === undefined)
    throw new Failure(`Stage ${stage} hosts no dashboard.`, {
      hint: `Set dashboard and jwt in infra/stages/${stage}.yml, and deploy the stage: npx osls deploy --stage ${stage}`,
    });
  const outputs = await readOutputs(`drey-${stage}`);
  if (outputs === undefined)
    throw new Failure(`There is no stack drey-${stage} in Region ${region}.`, {
      hint: `Deploy the stage first, or name another Region: npx osls deploy --stage ${stage} --region ${region}`,
    });
  const { HostedDashboardUrl: url, HostedDashboardBucketName: bucket, HttpApiUrl: apiUrl } = outputs;
  if (url === undefined || bucket === undefined || apiUrl === undefined)
    throw new Failure(`The stack drey-${stage} was deployed without the setting dashboard.`, {
      hint: `Deploy the stage again: npx osls deploy --stage ${stage} --region ${region}`,
    });
  const { clientId, scope } = dashboard;
  const { issuer } = jwt;
  return {
    url,
    bucket,
    session: { version, api: { url: apiUrl }, target: null, authentication: 'oidc', issuer, clientId, scope },
  };
};
