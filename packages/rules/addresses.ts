import { BlockList, isIP } from 'node:net';

/** An address and the bits of its prefix; undefined for what is no block. */
function blockOf(
  text: unknown,
): { readonly address: string; readonly bits: number; readonly family: 4 | 6 } | undefined {
  const [, address = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(String(text)) ?? [];
  const family = isIP(address);
  const bits = Number(digits);
  if (family !== 4 && family !== 6) return undefined;
  return bits <= (family === 4 ? 32 : 128) ? { address, bits, family } : undefined;
}

/** What is wrong with a block of addresses; undefined where it is one. @see https://datatracker.ietf.org/doc/html/rfc4632 */
export const blockFault = (value: unknown): string | undefined =>
  blockOf(value) === undefined ? `(${String(value)}) must be a CIDR block such as 10.0.0.0/8` : undefined;

/** Every address there is. */
export const isAll = (cidr: unknown): boolean => cidr === '0.0.0.0/0' || cidr === '::/0';

/** Whether one block of addresses is a part of another, or the same. */
export function isWithin(narrow: unknown, wide: unknown): boolean {
  const [part, whole] = [blockOf(narrow), blockOf(wide)];
  if (part === undefined || whole === undefined || part.bits < whole.bits) return false;
  const list = new BlockList();
  list.addSubnet(whole.address, whole.bits, whole.family === 4 ? 'ipv4' : 'ipv6');
  return list.check(part.address, part.family === 4 ? 'ipv4' : 'ipv6');
}

/** Exceptions that are not strictly within their block. @see https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/ */
export function exceptFault(value: unknown, cidr: unknown): string | undefined {
  if (!Array.isArray(value) || blockOf(cidr) === undefined) return undefined;
  const out = value.find(
    (one) => blockOf(one) !== undefined && (!isWithin(one, cidr) || isWithin(cidr, one)),
  );
  return out === undefined ? undefined : `(${String(out)}) must be a part of ${String(cidr)}`;
}
