import { energyOf } from '../record/energy.ts';
import { RECORD_KEY, readKept } from '../record/kept.ts';
import { readRecord } from '../record/work-record.ts';
import { energyText, ranText } from './ran-text.ts';

// What ran in this browser, read from where the volunteer's page keeps it. Nothing is stored or sent from here.

const SHOWN_MAX = 50;

const record = readRecord(readKept(RECORD_KEY));
const list = document.getElementById('ran');
const handheld = matchMedia('(pointer: coarse) and (max-width: 60rem)').matches;

if (list && record.jobs.length > 0) {
  const rows = record.jobs.slice(0, SHOWN_MAX).map((job) => {
    const row = document.createElement('li');
    row.textContent = ranText(job);
    return row;
  });
  list.replaceChildren(...rows);
  const energy = document.getElementById('ran-energy');
  if (energy) energy.textContent = energyText(energyOf(record.busyMs, { handheld }));
}
