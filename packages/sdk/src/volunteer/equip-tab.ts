import { GridError } from '@manytabs/protocol';
import { type SandboxOptions, SandboxRuntime } from '@manytabs/runtime';
import { openBrowserBlobs } from '@manytabs/storage/browser';
import { relayTransport } from '../client/relay.ts';
import { browserPins } from '../identity/browser-pins.ts';
import { memoryPins } from '../identity/grid-trust.ts';
import { type Identity, openIdentity } from '../identity/identity.ts';
import { Alternatives } from '../link/alternatives.ts';
import { hostedTransport } from '../link/hosted-transport.ts';
import { loadIceServers, renewIceServers } from '../link/ice-servers.ts';
import { signallingAddress } from '../link/signalling-address.ts';
import type { DonationOptions } from './api.ts';
import type { Equipment } from './equipment.ts';
import { onFirstPut } from './on-first-put.ts';

/**
 * Everything a real tab brings to a grid. The sandbox is tested meanwhile, and nobody is told of this tab before it
 * passed: signalling is under way by then, but no link is made.
 * @throws {GridError} `sandbox-refused`
 */
export async function equipTab(options: DonationOptions): Promise<Equipment> {
  const undo: (() => Promise<void>)[] = [];
  const [tested, gathered] = await Promise.allSettled([
    openSandbox(options),
    gather(options, undo),
  ]);
  if (tested.status === 'fulfilled' && gathered.status === 'fulfilled') {
    return { ...gathered.value, runtime: tested.value };
  }
  if (tested.status === 'fulfilled') tested.value.close();
  await Promise.allSettled(undo.map((close) => close()));
  throw tested.status === 'rejected' ? tested.reason : (gathered as PromiseRejectedResult).reason;
}

/** In no origin at all; where that fails, in the one that the grid has for it, if it has. */
export async function openSandbox({
  workers,
  url,
  hostedBy,
}: DonationOptions): Promise<SandboxRuntime> {
  try {
    return await testedRuntime({ workers });
  } catch (thrown) {
    const sandbox = hostedBy ? undefined : await sandboxOf(url);
    if (sandbox === undefined) throw thrown;
    return testedRuntime({ workers, url: `${sandbox}/sandbox.html`, keepsOrigin: true });
  }
}

async function testedRuntime(options: SandboxOptions): Promise<SandboxRuntime> {
  const runtime = new SandboxRuntime(options);
  try {
    await runtime.selfTest();
    return runtime;
  } catch (thrown) {
    runtime.close();
    throw thrown;
  }
}

async function sandboxOf(url: string): Promise<string | undefined> {
  try {
    const { sandbox } = await (await fetch(new URL('/api/status', url))).json();
    return typeof sandbox === 'string' && /^https?:\/\/[*\w.:-]+$/.test(sandbox)
      ? sandbox
      : undefined;
  } catch {
    return undefined;
  }
}

/** All but the sandbox, each part as soon as what it needs is there. */
async function gather(
  options: DonationOptions,
  undo: (() => Promise<void>)[],
): Promise<Omit<Equipment, 'runtime'>> {
  const wanted = options.road !== 'websocket' && typeof RTCPeerConnection === 'function';
  const { hostedBy } = options;
  if (hostedBy && !wanted)
    throw new GridError('unreachable', 'A grid in a tab is reached over WebRTC, which is missing.');
  // PeerJS is loaded here and nowhere before; a browser without WebRTC donates over the relay.
  const loading = wanted ? import('@manytabs/transport/peerjs') : undefined;
  // Awaited below; a refusal that comes before that is not unheard of.
  loading?.catch(() => {});
  const identity = await openIdentity();
  const [{ blobs }, webrtc, relay] = await Promise.all([
    openBrowserBlobs(`manytabs-${identity.volunteer}`),
    loading && openWebRtc(options, identity, loading),
    hostedBy || options.road === 'turn' ? undefined : relayTransport(options.url, identity.peer),
  ]);
  const main = webrtc && hostedBy ? hostedTransport(webrtc, hostedBy.peer) : webrtc;
  const transports = [main, relay].filter((road) => road !== undefined);
  undo.push(() => blobs.close(), ...transports.map((transport) => () => transport.close()));
  return {
    identity,
    blobs: onFirstPut(blobs, askToStay),
    transports,
    alternatives: hostedBy
      ? undefined
      : new Alternatives(options.url, (url) => relayTransport(url, identity.peer)),
    tabs: webrtc,
    // A tab that hosts is in another process than its signalling, and has a key of its own.
    onPresenceLost: (listener) => !hostedBy && webrtc?.onSignallingLost(listener),
    pins: hostedBy ? memoryPins() : browserPins(options.url),
    agent: agentName(navigator.userAgent),
  };
}

/** Some browsers ask the donor, some decide by themselves, and some have never heard of it. */
function askToStay(): void {
  void navigator.storage?.persist?.().catch(() => {});
}

/** The servers that the page's own grid names are for a grid in a tab too, which has none. */
async function openWebRtc(
  options: DonationOptions,
  identity: Identity,
  loading: Promise<typeof import('@manytabs/transport/peerjs')>,
) {
  const load = () => loadIceServers(options.hostedBy ? location.href : options.url, options.token);
  const [{ PeerJsTransport }, answer] = await Promise.all([loading, load()]);
  const transport = await PeerJsTransport.open({
    ...signallingOf(options, identity),
    iceServers: answer.iceServers,
    isRelayed: options.road === 'turn',
  });
  renewIceServers(answer, load, ({ iceServers }) => transport.useIceServers(iceServers));
  return transport;
}

function signallingOf({ url, hostedBy }: DonationOptions, { peer }: Identity) {
  const address = hostedBy?.signalling ?? new URL('/', url).href;
  return { self: peer, ...signallingAddress(address) };
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
