import type { CoordinatorEvent, KeptShard } from '@manytabs/kernel';
import type { SessionId, ShardId, VolunteerId } from '@manytabs/protocol';
import { PartServer } from '../../part-server.ts';
import type { CoordinatorHost } from '../coordinator-host.ts';
import { OriginShards } from './origin-shards.ts';
import { ShardRelay } from './shard-relay.ts';
import { ShardSource } from './shard-source.ts';
import { Staging } from './staging.ts';

type WithoutAt<Event> = Event extends unknown ? Omit<Event, 'at'> : never;

/** The shards of files as the host handles them: what the machine is told of them, and the bytes in passing. */
export class Shelf {
  readonly relay: ShardRelay;
  readonly staging: Staging;
  readonly origin: OriginShards;
  readonly source: ShardSource;
  /** Out of the coordinator's own copies. */
  readonly parts: PartServer;
  readonly #host: CoordinatorHost;

  constructor(host: CoordinatorHost, rebuild: (shard: ShardId) => Promise<Uint8Array | undefined>) {
    this.#host = host;
    this.relay = new ShardRelay((session, message) => {
      const volunteer = host.volunteers.get(session);
      volunteer?.send(message);
      return volunteer !== undefined;
    });
    const verdicts = {
      onRefuted: (session: SessionId, shard: ShardId) => this.onRefuted(session, shard),
      onAbsent: (session: SessionId, shard: ShardId) => this.onAbsent(session, shard),
    };
    this.staging = new Staging({
      ...verdicts,
      relay: this.relay,
      identityOf: (session) => this.identityOf(session),
      sessionsOf: (shard) => host.machine.shards.sessionsOf(shard),
    });
    this.origin = new OriginShards(host.options.blobs, (shard, ms) =>
      host.collector.hasten(shard, ms),
    );
    this.parts = new PartServer((shard) => this.origin.get(shard));
    this.source = new ShardSource({
      ...verdicts,
      origin: this.origin,
      staging: this.staging,
      relay: this.relay,
      holdersOf: (shard) => host.machine.shards.sessionsOf(shard),
      rebuild,
    });
  }

  identityOf(session: SessionId): VolunteerId | undefined {
    return this.#host.volunteers.get(session)?.volunteer;
  }

  identities(): number {
    return this.#host.machine.shards.identities();
  }

  holdersOf(shard: ShardId): readonly VolunteerId[] {
    return this.#host.machine.shards.view(shard)?.holders ?? [];
  }

  get advisedCopies(): number {
    return this.#host.machine.shards.advisedCopies;
  }

  standing(shard: ShardId) {
    return this.#host.machine.shards.standing(shard);
  }

  /** Only what needs copies on volunteers is of interest to the machine. */
  keep(kept: readonly KeptShard[], stripe: string | undefined): void {
    const copied = kept.filter(({ copies }) => copies > 0);
    if (copied.length > 0) this.#step({ type: 'shards-kept', kept: copied, stripe });
  }

  letGo(pieces: readonly { shard: ShardId; copies: number }[], hasOrigin: boolean): void {
    const copied = pieces.filter(({ copies }) => copies > 0).map(({ shard }) => shard);
    if (copied.length > 0) this.#step({ type: 'shards-let-go', shards: copied });
    if (hasOrigin) for (const { shard } of pieces) this.origin.disuse(shard);
  }

  setOrigin(shards: readonly ShardId[], hasOrigin: boolean): void {
    this.#step({ type: 'origin-changed', shards, hasOrigin });
  }

  onRefuted(session: SessionId, shard: ShardId): void {
    this.#host.onShardRefuted(session, shard);
  }

  /** It reported what it does not have: as if it had said so itself. */
  onAbsent(session: SessionId, shard: ShardId): void {
    const message = { type: 'held' as const, added: [], dropped: [shard] };
    this.#step({ type: 'message-received', session, message });
  }

  close(): void {
    this.staging.close();
  }

  #step(event: WithoutAt<CoordinatorEvent>): void {
    this.#host.step({ ...event, at: this.#host.now() } as CoordinatorEvent);
  }
}
