import type { Transport } from '@manytabs/protocol';
import { SandboxRuntime } from '@manytabs/runtime';
import { openBrowserBlobs } from '@manytabs/storage/browser';
import { relayTransport } from '../client/relay.ts';
import { type Identity, openIdentity } from '../identity/identity.ts';
import type { DonationOptions } from './api.ts';
import type { Equipment } from './equipment.ts';

/**
 * Everything a real tab brings to a grid. The sandbox is tested before anything is connected.
 * @throws {GridError} `sandbox-refused`
 */
export async function equipTab(options: DonationOptions): Promise<Equipment> {
  const runtime = new SandboxRuntime({ workers: options.workers });
  const [identity] = await Promise.all([openIdentity(), runtime.selfTest()]);
  const { blobs } = await openBrowserBlobs(`manytabs-${identity.volunteer}`);
  const webrtc = options.road === 'websocket' ? undefined : await openWebRtc(options.url, identity);
  const relay = await relayTransport(options.url, identity.peer);
  return {
    identity,
    runtime,
    blobs,
    transports: webrtc ? [webrtc, relay] : [relay],
    tabs: webrtc,
    agent: agentName(navigator.userAgent),
  };
}

/** PeerJS is loaded here and nowhere before; a browser without WebRTC donates over the relay. */
async function openWebRtc(url: string, { peer }: Identity): Promise<Transport | undefined> {
  if (typeof RTCPeerConnection !== 'function') return undefined;
  const { PeerJsTransport } = await import('@manytabs/transport/peerjs');
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === 'https:';
  return PeerJsTransport.open({
    self: peer,
    host: hostname,
    port: Number(port) || (secure ? 443 : 80),
    path: '/',
    secure,
  });
}

const BROWSERS = [
  [/Firefox\/(\d+)/, 'Firefox'],
  [/Edg\/(\d+)/, 'Edge'],
  [/Chrome\/(\d+)/, 'Chromium'],
  [/Version\/(\d+).*Safari/, 'Safari'],
] as const;

/** What the console shows of a volunteer's browser, and no more of it. */
export function agentName(userAgent: string): string {
  for (const [pattern, name] of BROWSERS) {
    const version = pattern.exec(userAgent)?.[1];
    if (version) return `${name} ${version}`;
  }
  return 'browser';
}
