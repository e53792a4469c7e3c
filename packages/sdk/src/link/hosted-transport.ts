import { COORDINATOR_PEER_ID, type PeerId, type Transport } from '@manytabs/protocol';

/** The same road, on which the coordinator is the tab that hosts the grid. */
export function hostedTransport(transport: Transport, host: PeerId): Transport {
  return {
    self: transport.self,
    connect: (peer, options) =>
      transport.connect(peer === COORDINATOR_PEER_ID ? host : peer, options),
    onLink: (listener) => transport.onLink(listener),
    close: () => transport.close(),
  };
}
