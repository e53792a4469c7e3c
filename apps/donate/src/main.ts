import { startPage } from './page.ts';

// The program that donates is a chunk of its own, fetched with the press of Start.
void startPage(() => import('./volunteer.ts'));
