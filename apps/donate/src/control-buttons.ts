import type { DonationState } from 'manytabs/volunteer';
import { CONTROLS, CONTROLS_OF, type Control, labelOf, primaryOf } from './controls.ts';
import { part, setText } from './parts.ts';

type Commands = Readonly<Record<Control, () => void>>;

/** The five buttons, each doing its command; `show` gives them the look of a state. */
export function controlButtons(session: {
  start(): void;
  pause(): void;
  resume(): void;
  finish(): void;
  stop(): void;
}): { show(state: DonationState): void } {
  const commands: Commands = session;
  const buttons = CONTROLS.map((control) => {
    const button = part(control, HTMLButtonElement);
    button.addEventListener('click', () => commands[control]());
    return { control, button };
  });
  /** Where the focus was put last, for a button that went away: it moves on with the state until a person moves it. */
  let lent: Element | undefined;
  return {
    show(state) {
      const focused = document.activeElement;
      for (const { control, button } of buttons) dress(button, control, state);
      const lost = buttons.some(({ button }) => button === focused && isGone(button));
      if (!lost && (lent === undefined || focused !== lent)) return;
      lent = part(primaryOf(state));
      if (lent !== focused) part(primaryOf(state)).focus();
    },
  };
}

function dress(button: HTMLButtonElement, control: Control, state: DonationState): void {
  const look = CONTROLS_OF[state][control];
  button.hidden = look === 'hidden';
  button.disabled = look !== 'ready';
  setText(button, labelOf(control, state));
}

function isGone(button: HTMLButtonElement): boolean {
  return button.hidden !== false || button.disabled;
}
