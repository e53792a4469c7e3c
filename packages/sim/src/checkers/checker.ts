import type { ShardId } from '@manytabs/protocol';
import type { Facts } from '../facts.ts';
import type { WorldOptions } from '../options.ts';
import { BoundsChecker } from './bounds-checker.ts';
import { ConservationChecker } from './conservation-checker.ts';
import { LeaseBook } from './lease-book.ts';
import { LeaseChecker } from './lease-checker.ts';
import { QuorumChecker } from './quorum-checker.ts';
import { RestartChecker } from './restart-checker.ts';
import { ShardChecker } from './shard-checker.ts';
import { SpeculationChecker } from './speculation-checker.ts';

/** Watches for one kind of wrong; throws a Violation where it sees it. */
export interface Checker extends Facts {
  /** When stores were shown, and when everything is over. */
  judgeReplicas?(): void;
  judgeDropped?(sizeOf: (shard: ShardId) => number): void;
  judge?(): void;
}

/** The book comes first: the others look up in it what has just happened. */
export function allCheckers(options: WorldOptions): Checker[] {
  const book = new LeaseBook();
  return [
    book,
    new LeaseChecker(book),
    new QuorumChecker(book, options),
    new ConservationChecker(book, options),
    new BoundsChecker(book),
    new SpeculationChecker(book, options),
    new ShardChecker(),
    new RestartChecker(),
  ];
}
