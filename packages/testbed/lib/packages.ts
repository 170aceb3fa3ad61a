import { existsSync } from 'node:fs';
import { TestbedError } from '../cluster.ts';
import { run } from './run.ts';
import { step } from './say.ts';

/** Debian's package -> a file that it brings. */
export const nodePackages: Readonly<Record<string, string>> = {
  containerd: '/usr/bin/containerd',
  runc: '/usr/sbin/runc',
  'containernetworking-plugins': '/usr/lib/cni/ptp',
  nftables: '/usr/sbin/nft',
  iptables: '/usr/sbin/iptables',
  conntrack: '/usr/sbin/conntrack',
  ethtool: '/usr/sbin/ethtool',
  socat: '/usr/bin/socat',
  iproute2: '/usr/bin/ip',
  openssl: '/usr/bin/openssl',
};

/** Debian package -> a file of it, of what builds images. */
export const imagePackages: Readonly<Record<string, string>> = {
  debootstrap: '/usr/sbin/debootstrap',
  buildah: '/usr/bin/buildah',
};

/** @returns the packages of which the file is not there */
export function missing(packages: Readonly<Record<string, string>>, exists = existsSync): string[] {
  return Object.entries(packages)
    .filter(([, file]) => !exists(file))
    .map(([name]) => name);
}

/** Installs what is missing with apt. @throws TestbedError with the command to run where it cannot */
export async function ensurePackages(packages: Readonly<Record<string, string>>): Promise<void> {
  const names = missing(packages);
  if (names.length === 0) return;
  const install = `apt-get install --no-install-recommends ${names.join(' ')}`;
  if (process.getuid?.() !== 0) throw new TestbedError(`not root, so these cannot be installed: ${install}`);
  if (!existsSync('/usr/bin/apt-get'))
    throw new TestbedError(`no apt-get here: install these by your own means: ${names.join(', ')}`);
  const apt = (...args: string[]) =>
    run(['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], {
      // RUNLEVEL=1 keeps packages from starting their services.
      env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
      seconds: 900,
    });
  await step(`installing ${names.join(', ')}`, async () => {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...names);
  });
}
