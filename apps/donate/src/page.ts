import type { PeerId } from '@manytabs/protocol';
import type { DonationOptions } from 'manytabs/volunteer';
import { missingParts } from './browser-check.ts';
import { controlButtons } from './control-buttons.ts';
import { type PageOptions, readOptions } from './options.ts';
import { makeRoom, showJob, showNumbers } from './panels.ts';
import { part, showNotice } from './parts.ts';
import { Picture, type TilePlacer } from './picture.ts';
import { powerControl } from './power-control.ts';
import type { DonationMaker } from './session.ts';
import { Session } from './session.ts';
import { StateLine } from './state-line.ts';
import { KeepAwake } from './wake-lock.ts';

/** What Start fetches. */
export interface VolunteerProgram {
  readonly createDonation: DonationMaker;
  readonly placeTile: TilePlacer;
}

const DRAW_EVERY_MS = 200;

/** Wires the page to one session. Nothing is fetched, run or stored until Start is pressed. */
export function startPage(loadProgram: () => Promise<VolunteerProgram>): void {
  const options = readOptions(location.hash);
  for (const sentence of options.ignored) showNotice(sentence);
  const missing = missingParts(globalThis);
  part('loading').hidden = true;
  if (missing.length > 0) refuse(missing);
  else openSession(options, loadProgram);
}

function refuse(missing: readonly string[]): void {
  showNotice(
    `This browser cannot take part: it lacks ${missing.join(', ')}. A current Chrome, Edge, Firefox or Safari can.`,
  );
}

function openSession(options: PageOptions, loadProgram: () => Promise<VolunteerProgram>): void {
  if (options.fault !== undefined) {
    showNotice(`A drill: this tab will misbehave on purpose (${options.fault}).`);
  }
  let placeTile: TilePlacer = () => undefined;
  const load = async () => {
    const program = await loadProgram();
    placeTile = program.placeTile;
    return program.createDonation;
  };
  const power = powerControl(options.workers, (workers) => session.setWorkers(workers));
  const session = new Session({
    load,
    url: new URL('.', location.href).href,
    workers: power.workers,
    token: options.token,
    trusted: options.trusted,
    fault: options.fault,
    road: options.road,
    hostedBy: hostedBy(options),
  });
  const picture = new Picture(part('picture', HTMLCanvasElement), part('caption'));
  session.onPicture((shown) => picture.show(shown, placeTile));
  drawWith(session, picture);
}

function hostedBy({ host, signal }: PageOptions): DonationOptions['hostedBy'] {
  if (host === undefined) return undefined;
  return { peer: host as PeerId, signalling: signal ?? new URL('.', location.href).href };
}

function drawWith(session: Session, picture: Picture): void {
  const buttons = controlButtons(session);
  const stateLine = new StateLine(part('live'));
  const awake = keepAwakeBox();
  const draw = () => {
    const view = session.view;
    expose(view);
    stateLine.show(view);
    buttons.show(view.state);
    picture.showJob(view.job, view.tasksDone);
    makeRoom(view);
    showJob(view);
    showNumbers(view);
    awake(view.state);
  };
  drawOnChange(session, draw);
  draw();
}

/** A change of state is drawn at once, other changes five times a second at most; timers, as hidden tabs draw no frames. */
function drawOnChange(session: Session, draw: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let drawn = session.view.state;
  const drawNow = () => {
    clearTimeout(timer);
    timer = undefined;
    drawn = session.view.state;
    draw();
  };
  session.subscribe(() => {
    if (session.view.state !== drawn) drawNow();
    else timer ??= setTimeout(drawNow, DRAW_EVERY_MS);
  });
}

/** The state where programs find it: tests, and the command line's headless tabs. */
function expose(view: Session['view']): void {
  const data = document.documentElement.dataset;
  data.state = view.state;
  data.tasksDone = String(view.tasksDone);
  data.tasksFailed = String(view.tasksFailed);
  data.volunteer = view.volunteer ?? '';
  data.road = view.road ?? '';
  data.problem = view.problem?.code ?? '';
}

function keepAwakeBox(): (state: Session['view']['state']) => void {
  if (!KeepAwake.isAvailable()) return () => {};
  const awake = new KeepAwake();
  const box = part('awake', HTMLInputElement);
  let isWorking = false;
  const update = () => awake.want(box.checked && isWorking);
  part('awake-row').hidden = false;
  box.addEventListener('change', update);
  document.addEventListener('visibilitychange', () => void awake.refresh());
  return (state) => {
    const works = state !== 'idle' && state !== 'paused' && state !== 'failed';
    if (works === isWorking) return;
    isWorking = works;
    update();
  };
}
