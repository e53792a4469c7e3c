/** Raised with every change of a message's shape; version.test.ts pins the hash of all shapes to it. */
export const PROTOCOL_VERSION = 2;
