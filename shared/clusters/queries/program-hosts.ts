import pMap from 'p-map';

import type { NamedTarget } from '#events/records/target.ts';
import { findAddressKind } from '#shared/clusters/model/policy/addresses.ts';
import type { Ports } from '#shared/clusters/ports/ports.ts';
import { hostOf } from '#shared/flink/program/uri.ts';

const maxLookupsAtOnce = 8;
/** A request has time for so many. */
const maxHosts = 50;

/**
 * A warning for each host from which a pod would fetch a program, and which resolves to an address that is not public. A
 * host that the policy names without a wildcard may be internal, because an operator of the target chose it.
 */
export const warnOfProgramHosts = async (
  uris: readonly string[],
  { policy }: NamedTarget,
  { resolver }: Pick<Ports, 'resolver'>,
): Promise<readonly string[]> => {
  const named = new Set(policy.jars.flatMap((source) => (source.includes('*') ? [] : (findHost(source) ?? []))));
  const hosts = new Set(uris.flatMap((uri) => findHost(uri) ?? []));
  const warnings = await pMap(
    [...hosts].slice(0, maxHosts),
    async (host) => {
      const kinds = (await resolver.resolve(host)).flatMap((address) => {
        const kind = findAddressKind(address);
        return kind === undefined || (kind.isInternal && named.has(host)) ? [] : [{ address, kind }];
      });
      const [first] = kinds;
      return first === undefined ? [] : [describe(host, first.address, first.kind.name)];
    },
    { concurrency: maxLookupsAtOnce },
  );
  return warnings.flat();
};

const describe = (host: string, address: string, kind: string): string =>
  host === address
    ? `The program would be fetched from ${host}, which is ${kind}. Use a host with a public address.`
    : `The program would be fetched from ${host}, which resolves to ${address}: ${kind}. Use another host, or have an operator name this host in policy.jars of the target.`;

const findHost = (uri: string): string | undefined =>
  /^https?:/i.test(uri) && URL.canParse(uri) ? hostOf(new URL(uri)) : undefined;
