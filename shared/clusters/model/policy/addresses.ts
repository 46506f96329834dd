import { BlockList, isIPv4, isIPv6 } from 'node:net';

type Range = readonly [network: string, prefix: number];

interface Kind {
  /** With its article, as a sentence names it. */
  readonly name: string;
  /** An operator of a target may name a host that has such an address. */
  readonly isInternal: boolean;
  readonly ipv4: readonly Range[];
  readonly ipv6: readonly Range[];
}

/** The addresses that are not public. @see the special-purpose address registries of IANA (RFC 6890) */
const kinds: readonly Kind[] = [
  {
    name: 'a private address',
    isInternal: true,
    ipv4: [
      ['10.0.0.0', 8],
      ['172.16.0.0', 12],
      ['192.168.0.0', 16],
    ],
    ipv6: [],
  },
  { name: 'a carrier-grade NAT address', isInternal: true, ipv4: [['100.64.0.0', 10]], ipv6: [] },
  {
    name: 'a unique local address',
    isInternal: true,
    ipv4: [],
    ipv6: [
      ['fc00::', 7],
      ['fec0::', 10],
    ],
  },
  { name: 'a loopback address', isInternal: false, ipv4: [['127.0.0.0', 8]], ipv6: [['::1', 128]] },
  {
    name: 'a link-local address, such as that of the metadata service',
    isInternal: false,
    ipv4: [['169.254.0.0', 16]],
    ipv6: [
      ['fe80::', 10],
      ['fd00:ec2::', 32],
    ],
  },
  { name: 'an unspecified address', isInternal: false, ipv4: [['0.0.0.0', 8]], ipv6: [['::', 128]] },
  {
    name: 'an address of no single public host',
    isInternal: false,
    ipv4: [
      ['192.0.0.0', 24],
      ['192.0.2.0', 24],
      ['198.18.0.0', 15],
      ['198.51.100.0', 24],
      ['203.0.113.0', 24],
      ['224.0.0.0', 4],
      ['240.0.0.0', 4],
    ],
    ipv6: [
      ['100::', 64],
      ['2001:db8::', 32],
      ['3fff::', 20],
      ['5f00::', 16],
      ['ff00::', 8],
    ],
  },
];

const toBlockList = ({ ipv4, ipv6 }: Pick<Kind, 'ipv4' | 'ipv6'>): BlockList => {
  const list = new BlockList();
  for (const [network, prefix] of ipv4) list.addSubnet(network, prefix, 'ipv4');
  for (const [network, prefix] of ipv6) list.addSubnet(network, prefix, 'ipv6');
  return list;
};

/** The narrower ranges first: the metadata service of EC2 is in the range of unique local addresses. */
const lists = kinds
  .map((kind) => ({ ...kind, list: toBlockList(kind) }))
  .toSorted((one, other) => Number(one.isInternal) - Number(other.isInternal));

/** Ranges of IPv6 whose addresses contain one of IPv4: mapped, compatible, NAT64, 6to4. The number is its first 16-bit part. */
const embedding: readonly (readonly [...Range, part: number])[] = [
  ['::ffff:0:0', 96, 6],
  ['::ffff:0:0:0', 96, 6],
  ['::', 96, 6],
  ['64:ff9b::', 96, 6],
  ['64:ff9b:1::', 48, 6],
  ['2002::', 16, 1],
];
const embeddingLists = embedding.map(([network, prefix, part]) => ({
  part,
  list: toBlockList({ ipv4: [], ipv6: [[network, prefix]] }),
}));

/** What an address is, if it is not public. Undefined for a public one. */
export const findAddressKind = (address: string): Pick<Kind, 'name' | 'isInternal'> | undefined => {
  const [plain = ''] = address.split('%'); // without a zone
  if (isIPv4(plain)) return lists.find(({ list }) => list.check(plain, 'ipv4'));
  if (!isIPv6(plain)) return undefined;
  return lists.find(({ list }) => list.check(plain, 'ipv6')) ?? findEmbeddedKind(plain);
};

const findEmbeddedKind = (address: string) => {
  for (const { part, list } of embeddingLists) {
    if (!list.check(address, 'ipv6')) continue;
    const parts = toParts(address);
    const found = findAddressKind(
      [parts[part], parts[part + 1]].flatMap((value = 0) => [value >> 8, value & 0xff]).join('.'),
    );
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The eight 16-bit parts of an address of IPv6. */
const toParts = (address: string): readonly number[] => {
  const { hostname } = new URL(`http://[${address}]/`); // the shortest form, without dots
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const [first, last] = [head, tail ?? ''].map((text) => (text === '' ? [] : text.split(':')));
  const zeros = tail === undefined ? 0 : 8 - (first?.length ?? 0) - (last?.length ?? 0);
  return [...(first ?? []), ...Array.from({ length: zeros }, () => '0'), ...(last ?? [])].map((part) =>
    Number.parseInt(part, 16),
  );
};
