import { networkInterfaces } from 'node:os';

/** The address a phone in the same network would use. Over http it is no secure context. */
export function lanAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ internal, family }) => !internal && family === 'IPv4')?.address;
}
