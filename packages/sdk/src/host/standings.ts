import type { StandingRecord } from '@manytabs/kernel';
import type { CoordinatorHost } from './coordinator-host.ts';
import { encodeStanding, STANDINGS_PARTITION } from './records.ts';
import { standingsIn } from './recovery.ts';

// What volunteers are known for, from the journal of this coordinator and of others.

/** They are written anew at a start only where they are more than this, and than twice what they say. */
const SPARE = 1_000;

/** Many records of one volunteer are as good as the last one. */
export async function recoverStandings({ machine, options }: CoordinatorHost): Promise<void> {
  const { journal, epoch } = options;
  let read = 0;
  for await (const record of standingsIn(journal)) {
    machine.replay(record);
    read++;
  }
  const standings = machine.standings();
  if (read <= 2 * standings.length + SPARE) return;
  await journal.replace(epoch, STANDINGS_PARTITION, standings.map(encodeStanding));
}

/** Takes over what another coordinator knew of volunteers, where nothing is known of them here, or less bad. */
export async function adoptStandings(host: CoordinatorHost, partition: string): Promise<void> {
  const { machine } = host;
  const { journal, epoch, standings = STANDINGS_PARTITION } = host.options;
  const known = new Set(machine.standings().map(nameOf));
  const records: StandingRecord[] = [];
  for await (const record of standingsIn(journal, partition)) {
    if (record.until !== undefined || !known.has(nameOf(record))) records.push(record);
  }
  if (records.length === 0) return;
  machine.adopt(records);
  await journal.replace(epoch, standings, machine.standings().map(encodeStanding));
}

function nameOf({ volunteer, module }: StandingRecord): string {
  return `${volunteer} ${module}`;
}
