/**
 * The part of an address behind which one person may have any number of volunteers: an IPv4 /24, an IPv6 /48. Addresses
 * of this machine and of private networks, and what is no address, tell nobody apart.
 */
export function networkOf(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const plain = address.replace(/^\[|\]$|%.*$/g, '').replace(/^::ffff:(?=\d+\.)/i, '');
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(plain);
  if (four) return networkOfFour(four.slice(1, 4).map(Number));
  return plain.includes(':') ? networkOfSix(plain.toLowerCase()) : undefined;
}

function networkOfFour([a = 0, b = 0, c = 0]: readonly number[]): string | undefined {
  const isPrivate =
    a === 0 ||
    a === 10 ||
    a === 127 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168);
  return isPrivate ? undefined : `${a}.${b}.${c}.0/24`;
}

/** Loopback, link-local and unique local addresses are private; all others begin with a group from 2000 on. */
function networkOfSix(address: string): string | undefined {
  const [head = '', tail] = address.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...new Array<string>(zeros).fill('0'), ...last];
  const numbers = groups.slice(0, 3).map((group) => Number.parseInt(group, 16));
  const start = numbers[0] ?? 0;
  if (numbers.length < 3 || numbers.some(Number.isNaN)) return undefined;
  if (start < 0x2000 || start >= 0xfc00) return undefined;
  return `${numbers.map((number) => number.toString(16)).join(':')}::/48`;
}
