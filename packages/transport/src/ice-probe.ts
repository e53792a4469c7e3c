import { GridError, type IceServer } from '@manytabs/protocol';

const PROBE_MS = 5_000;

/**
 * Asks a STUN server for our address, or a TURN server for a relayed one, as a tab would; gives that address.
 * @throws {GridError} `unreachable` where there is no answer, or a TURN server refuses the credentials
 */
export async function probeIceServer(server: IceServer): Promise<string> {
  const { PeerConnection } = await import('node-datachannel');
  const wanted = isTurn(server) ? 'relay' : 'srflx';
  const connection = new PeerConnection('probe', { iceServers: [asNativeSays(server)] });
  try {
    return await new Promise<string>((resolve, reject) => {
      const refuse = () => reject(silent(server));
      const timer = setTimeout(refuse, PROBE_MS);
      const settle = (act: () => void) => {
        clearTimeout(timer);
        act();
      };
      connection.onLocalCandidate((candidate) => {
        const [, , , , address, port, , type] = candidate.split(' ');
        if (type === wanted) settle(() => resolve(`${address}:${port}`));
      });
      connection.onGatheringStateChange((state) => {
        if (state === 'complete') settle(refuse);
      });
      connection.createDataChannel('probe');
    });
  } finally {
    connection.close();
  }
}

/** Only servers that speak UDP without TLS can be asked from here; browsers speak to the others as well. */
export function canProbe({ urls }: IceServer): boolean {
  return /^(stun|turn):/i.test(urls) && !/transport=tcp/i.test(urls);
}

function isTurn({ urls }: IceServer): boolean {
  return /^turn:/i.test(urls);
}

function asNativeSays({ urls, username, credential }: IceServer) {
  const [, hostname = '', port] = /^\w+:(\[[^\]]+\]|[^:?]+)(?::(\d+))?/.exec(urls) ?? [];
  const place = { hostname, port: Number(port ?? 3478) };
  if (username === undefined || credential === undefined) return place;
  return { ...place, username, password: credential, relayType: 'TurnUdp' as const };
}

function silent(server: IceServer): GridError {
  const { urls } = server;
  if (!isTurn(server)) return new GridError('unreachable', `${urls} does not answer.`);
  return new GridError('unreachable', `${urls} gives no relayed address: it is away, or refuses.`);
}
