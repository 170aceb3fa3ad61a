import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { FetchError } from './probe.ts';

/** A range of IP addresses. */
export interface Subnet {
  readonly address: string;
  readonly prefix: number;
}

/** What leads to this host itself, to its neighbours on the link, or to a cloud's metadata. */
const REFUSED_IPV4 = [
  '0.0.0.0/8', // this network
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local; metadata of AWS, Azure, Google
  '100.100.100.200/32', // metadata of Alibaba
  '168.63.129.16/32', // Azure's host
  '192.0.0.192/32', // metadata of Oracle
  '224.0.0.0/4', // multicast
  '255.255.255.255/32', // broadcast
];
const REFUSED_IPV6 = [
  '::/96', // unspecified, loopback, and IPv4 in the oldest notation
  'fe80::/10', // link-local
  'fec0::/10', // site-local
  'fd00:ec2::254/128', // metadata of AWS
  'fd20:ce::254/128', // metadata of Google
  'ff00::/8', // multicast
  '2002::/16', // IPv4 through 6to4
  '64:ff9b:1::/48', // IPv4 through a translator of the local network
];
/** IPv4 through a translator (RFC 6052). */
const TRANSLATED = '64:ff9b::';

/** @returns undefined for what is no `ADDRESS/PREFIX` */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const prefix = Number(digits);
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return prefix <= bits ? { address, prefix } : undefined;
}

function listOf(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix } of subnets) list.addSubnet(address, prefix, versionOf(address));
  return list;
}

const versionOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const parsed = (texts: readonly string[]): Subnet[] => texts.flatMap((text) => parseSubnet(text) ?? []);

const REFUSED = listOf([
  ...parsed([...REFUSED_IPV4, ...REFUSED_IPV6]),
  ...parsed(REFUSED_IPV4).map(({ address, prefix }) => ({
    address: `${TRANSLATED}${address}`,
    prefix: prefix + 96,
  })),
]);

/**
 * Keeps requests away from addresses that only this host should reach. It looks at the addresses that a
 * connection is made to, at the time when it is made: a name may lead elsewhere from one look-up to the next.
 */
export class AddressGuard {
  readonly #allowed: BlockList;

  /** @param allowed Subnets that may be reached although they are refused otherwise */
  constructor(allowed: readonly Subnet[] = []) {
    this.#allowed = listOf(allowed);
  }

  permits(address: string): boolean {
    const bare = address.replace(/%.*$/, '');
    const version = versionOf(bare);
    return isIP(bare) !== 0 && (!REFUSED.check(bare, version) || this.#allowed.check(bare, version));
  }

  /** No name is looked up for a URL that holds an address. @throws FetchError address-refused */
  check({ hostname }: URL): void {
    const host = hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.permits(host)) throw refusal(host);
  }

  /** For a connection: only the addresses of a name that may be reached. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const permitted = (addresses ?? []).filter(({ address }) => this.permits(address));
      const [first] = permitted;
      if (error) callback(error, '');
      else if (first === undefined) callback(refusal(hostname), '');
      else if (options.all) callback(null, permitted);
      else callback(null, first.address, first.family);
    });
  };
}

const refusal = (host: string): FetchError =>
  new FetchError('address-refused', `'${host}' leads to an address that must not be reached`);
