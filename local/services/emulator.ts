import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { type BackgroundProcess, launch, waitFor } from './processes.ts';
import { answers } from '#local/emulators/inspect.ts';
import { account, awsEnvironment, eksCluster, region, type Settings } from '#local/settings.ts';

export const emulatorName = 'ministack';

/**
 * Returns the secret in the address of the token webhook. A file keeps it, because the API server reads the address only once,
 * while each start creates the emulator's state anew.
 */
const getWebhookSecret = ({ state }: Settings): string => {
  const path = join(state, 'webhook-secret');
  if (!existsSync(path)) {
    mkdirSync(state, { recursive: true });
    writeFileSync(path, randomBytes(24).toString('hex'), { mode: 0o600 });
  }
  return readFileSync(path, 'utf8');
};

/** The address at which the emulator answers a TokenReview as the authenticator of EKS does. */
export const getWebhookUrl = (settings: Settings): string =>
  `${settings.awsUrl}/_ministack/eks-auth/${account}/${region}/${eksCluster}/${getWebhookSecret(settings)}`;

interface EksCluster {
  readonly endpoint: string;
  /** Certificate authority of the endpoint, as PEM. */
  readonly authority: string;
}

/** Starts the emulator with one EKS cluster and otherwise empty services, and waits until it answers. */
export const startEmulator = async (settings: Settings, cluster: EksCluster): Promise<BackgroundProcess> => {
  const saved = join(settings.state, 'aws');
  rmSync(saved, { recursive: true, force: true });
  mkdirSync(saved, { recursive: true });
  const eks = createEksState({ ...cluster, secret: getWebhookSecret(settings), issuer: settings.awsUrl });
  writeFileSync(join(saved, 'eks.json'), JSON.stringify(eks), { mode: 0o600 });
  const launched = await launch(
    {
      name: emulatorName,
      command: join(settings.venv, 'bin/ministack'),
      args: [],
      env: createEnvironment(settings, saved),
      address: settings.awsUrl,
    },
    settings,
  );
  await waitFor('AWS emulator', async () => (await answers(settings.awsUrl)) || undefined, {
    seconds: 30,
    log: launched.log,
  });
  return launched;
};

/** The functions inherit this environment, so it has only what programs need of the caller's environment. */
const createEnvironment = (settings: Settings, saved: string): NodeJS.ProcessEnv => {
  const { PATH = '', HOME = '/', LANG = 'C.UTF-8', TMPDIR } = process.env;
  return awsEnvironment(settings, {
    // The emulator runs functions with the first `node` on the path.
    PATH: `${dirname(process.execPath)}:${PATH}`,
    HOME,
    LANG,
    ...(TMPDIR === undefined ? {} : { TMPDIR }),
    GATEWAY_PORT: String(settings.port),
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    LAMBDA_EXECUTOR: 'local',
    IOT_MTLS_ENABLED: '0',
    // Without it, every token has all rights in the cluster, and the emulator ignores IAM policies.
    AUTH: 'true',
    PERSIST_STATE: '1',
    STATE_DIR: saved,
  });
};

/**
 * The emulator's saved state of EKS with one cluster, whose endpoint is the given API server. The API of EKS cannot set an endpoint.
 *
 * @see `ministack/services/eks.py` of MiniStack 1.5.33: format 3. Without `_port`, the emulator keeps the endpoint.
 */
const createEksState = (cluster: EksCluster & { readonly secret: string; readonly issuer: string }) => {
  const record = {
    name: eksCluster,
    arn: `arn:aws:eks:${region}:${account}:cluster/${eksCluster}`,
    createdAt: 1_795_469_000,
    version: '1.33',
    endpoint: cluster.endpoint,
    roleArn: `arn:aws:iam::${account}:role/eks`,
    resourcesVpcConfig: {
      subnetIds: [],
      securityGroupIds: [],
      endpointPublicAccess: false,
      endpointPrivateAccess: true,
    },
    kubernetesNetworkConfig: { serviceIpv4Cidr: '10.77.64.0/18', ipFamily: 'ipv4' },
    status: 'ACTIVE',
    certificateAuthority: { data: Buffer.from(cluster.authority).toString('base64') },
    platformVersion: 'eks.1',
    tags: {},
    accessConfig: { authenticationMode: 'API' },
    identity: { oidc: { issuer: `${cluster.issuer}/oidc/id/${eksCluster}` } },
    _auth_token: cluster.secret,
    _docker_id: null,
    _creator_arn: null,
  };
  const none = { __account_region_scoped__: true, data: {} };
  return {
    __ministack_format__: 3,
    payload: {
      clusters: { __account_region_scoped__: true, data: { [`${account}\0${region}\0'${eksCluster}'`]: record } },
      nodegroups: none,
      addons: none,
      access_entries: none,
      access_policies: none,
      tags: { __scoped__: true, data: {} },
      idp_configs: none,
      pod_identity_associations: none,
    },
  };
};
