import { request } from 'node:https';
import { isIP, isIPv4 } from 'node:net';

import { findAddressKind } from '#shared/clusters/model/policy/addresses.ts';
import type { Downloads } from '#shared/clusters/ports/downloads.ts';
import type { Resolver } from '#shared/clusters/ports/resolver.ts';
import { hostOf } from '#shared/flink/program/uri.ts';

const maxRequestMs = 3_000;
/** Only these statuses refuse a rollout. Others, such as 403 and 500, do not say whether the file exists. */
const missingStatuses: readonly number[] = [404, 410];

const isPublic = (ip: string): boolean => isIP(ip) !== 0 && findAddressKind(ip) === undefined;

interface Network {
  readonly resolver: Resolver;
  /** Whether Drey may connect to an IP address. Only public ones by default, so that callers cannot probe internal networks. */
  readonly mayConnect?: (ip: string) => boolean;
}

/** Sends one request for each look-up. It has no credentials, and follows no redirect. */
export const openDownloads = ({ resolver, mayConnect = isPublic }: Network): Downloads => ({
  async findMissingStatus(address) {
    const url = URL.parse(address);
    // Drey does not send the credentials of an address, so that a 404 would prove nothing.
    if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
    const host = hostOf(url);
    const ips = await resolver.resolve(host);
    // Pods and nodes of a network with IPv6 have public addresses, which no list of ranges recognizes.
    const ip = ips.find(isIPv4);
    if (!ips.every(mayConnect) || ip === undefined) return undefined;
    const status = await requestStatus(url, { host, ip });
    return missingStatuses.find((missing) => missing === status);
  },
});

/**
 * The status of a GET, because many servers refuse HEAD. The connection ends with the headers, so that no body is read.
 *
 * @returns Undefined if the headers do not arrive in time or exceed 16 KB, or if the certificate is not valid for the host.
 */
const requestStatus = (url: URL, { host, ip }: { readonly host: string; readonly ip: string }) => {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const outgoing = request({
    // The connection goes to the address that was checked. Another look-up of the name could have another result.
    host: ip,
    port: url.port === '' ? 443 : Number(url.port),
    path: `${url.pathname}${url.search}`,
    servername: isIP(host) === 0 ? host : '',
    headers: { host: url.host, accept: '*/*', range: 'bytes=0-0', 'user-agent': 'drey' },
    agent: false,
    signal: AbortSignal.timeout(maxRequestMs),
  });
  outgoing.once('response', ({ statusCode }) => {
    resolve(statusCode);
    outgoing.destroy();
  });
  outgoing.on('error', () => {}); // `close` follows.
  outgoing.once('close', () => resolve(undefined));
  outgoing.end();
  return promise;
};
