import type { LookupAddress } from 'node:dns';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressGuard, parseSubnet, type Subnet } from './addresses.ts';

const guard = new AddressGuard();
const subnets = (...texts: string[]): Subnet[] => texts.flatMap((text) => parseSubnet(text) ?? []);

describe('an address is refused', () => {
  it.each([
    ['loopback', '127.0.0.1'],
    ['loopback', '127.255.255.254'],
    ['loopback', '::1'],
    ['unspecified', '0.0.0.0'],
    ['unspecified', '::'],
    ['link-local', '169.254.0.1'],
    ['link-local', 'fe80::1'],
    ['link-local with a zone', 'fe80::1%eth0'],
    ["AWS' metadata", '169.254.169.254'],
    ["AWS' metadata", 'fd00:ec2::254'],
    ["Alibaba's metadata", '100.100.100.200'],
    ["Azure's host", '168.63.129.16'],
    ['multicast', '224.0.0.1'],
    ['multicast', 'ff02::1'],
    ['broadcast', '255.255.255.255'],
    ['IPv4 mapped into IPv6', '::ffff:127.0.0.1'],
    ['IPv4 mapped into IPv6', '::ffff:a9fe:a9fe'],
    ['IPv4 in the oldest notation', '::127.0.0.1'],
    ['IPv4 through a translator', '64:ff9b::169.254.169.254'],
    ['IPv4 through 6to4', '2002:7f00:1::'],
    ['no address', 'localhost'],
    ['no address', ''],
  ])('that is %s: %s', (_kind, address) => {
    expect(guard.permits(address)).toBe(false);
  });

  it.each(['10.0.0.1', '192.168.1.1', '172.16.0.1', '8.8.8.8', '2001:db8::1', 'fd00::1', '64:ff9b::8.8.8.8'])(
    'but not %s',
    (address) => {
      expect(guard.permits(address)).toBe(true);
    },
  );

  it('in its IPv6 notations whenever it is in IPv4', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const permitted = guard.permits(address);
        expect(guard.permits(`::ffff:${address}`)).toBe(permitted);
        expect(guard.permits(`64:ff9b::${address}`)).toBe(permitted);
      }),
    );
  });

  it('unless it is allowed', () => {
    const allowing = new AddressGuard(subnets('127.0.0.1/32', '::1/128'));
    expect(['127.0.0.1', '::1', '127.0.0.2', '169.254.169.254'].map((it) => allowing.permits(it))).toEqual([
      ...[true, true, false, false],
    ]);
  });
});

describe('a URL', () => {
  // The parser of URLs reads all of these as 127.0.0.1 or ::1.
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1:8080/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
  ])('that holds a refused address is refused however it is written: %s', (url) => {
    expect(() => guard.check(new URL(url))).toThrow('leads to an address that must not be reached');
  });

  it('with a name is left to the look-up', () => {
    expect(() => guard.check(new URL('http://localhost/'))).not.toThrow();
  });
});

describe('the look-up of a name', () => {
  const lookup = (it: AddressGuard, all: boolean) =>
    new Promise<string | LookupAddress[]>((resolve, reject) => {
      it.lookup('localhost', { all }, (error, found) => (error ? reject(error) : resolve(found)));
    });

  it('fails when the name leads to refused addresses alone', async () => {
    await expect(lookup(guard, true)).rejects.toMatchObject({ reason: 'address-refused' });
    await expect(lookup(guard, false)).rejects.toMatchObject({ reason: 'address-refused' });
  });

  it('gives the permitted addresses, all or the first', async () => {
    const allowing = new AddressGuard(subnets('127.0.0.0/8'));
    expect(await lookup(allowing, true)).toEqual([{ address: '127.0.0.1', family: 4 }]);
    expect(await lookup(allowing, false)).toBe('127.0.0.1');
  });
});

it.each(['10.0.0.0', '10.0.0.0/33', '::1/129', 'localhost/8', '10.0.0.0/x', '/8', ''])(
  'takes no %j for a subnet',
  (text) => {
    expect(parseSubnet(text)).toBeUndefined();
  },
);
