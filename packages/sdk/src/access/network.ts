/**
 * The network that an address is of: of IPv4 the first 24 bits, of IPv6 the first 64, which is what one household or
 * one machine mostly has. Undefined on loopback, where everybody is one machine, and for what is no address.
 */
export function networkOf(address: string | undefined): string | undefined {
  const bare = (address ?? '')
    .replace(/^::ffff:/i, '')
    .replace(/%.*$/, '')
    .toLowerCase();
  if (bare === '::1' || bare.startsWith('127.')) return undefined;
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(bare)) return `${bare.split('.').slice(0, 3).join('.')}.0/24`;
  if (!/^[0-9a-f:]+$/.test(bare) || !bare.includes(':')) return undefined;
  const [head = '', tail] = bare.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - front.length - back.length);
  const groups = [...front, ...Array<string>(zeros).fill('0'), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}
