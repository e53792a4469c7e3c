import type { Words } from '../../words/speaker.ts';

export const en = {
  'ask.title': 'Lend computing power to {site}?',
  'ask.detail':
    'While this page is open, a small part of this device computes for others, sealed off from your data. Nothing runs before you allow it. Lasts {hours} h.',
  'declined.title': 'Nothing runs',
  'declined.detail': 'You said not now.',
  'starting.title': 'Starting',
  'starting.detail': 'Testing the sandbox, then calling the grid.',
  'computing.title': 'Computing for {site}',
  'computing.detail': { one: '{count} task done', other: '{count} tasks done' },
  'paused.title': 'Paused',
  'paused.detail': 'Nothing computes until you resume.',
  'stopped.title': 'Stopped',
  'stopped.detail': 'Nothing runs and your permission is withdrawn.',
  'error.title': 'It cannot run here',
  'error.detail': 'Reason: {code}',
  'wait.title': 'At rest',
  'wait.no-work': 'The grid has nothing to do now. It goes on by itself.',
  'wait.offline': 'The connection is lost and is made again.',
  'wait.battery': 'This device runs on its battery. It goes on when it charges.',
  'wait.saved-data': 'This browser saves data. It goes on when that is off.',
  'wait.pressure': 'This device is busy or hot. It goes on when it cools.',
  'wait.hidden': 'This page is hidden. It goes on when you come back.',
  'wait.covered': 'This panel is out of sight. It goes on when it is in full view.',
  'wait.small': 'This panel is too small to see.',
  'hint.covered': 'To press this, the panel must be in full view for a moment.',
  'button.allow': 'Allow',
  'button.later': 'Not now',
  'button.pause': 'Pause',
  'button.resume': 'Resume',
  'button.stop': 'Stop',
  'button.stop-all': 'Stop on all sites',
  'link.what': 'What is this?',
  'alone.title': 'A widget for other sites',
  'alone.detail': 'This page does nothing by itself; a site embeds it.',
} satisfies Words<string>;

export type EmbedKey = keyof typeof en;
export type EmbedWords = Words<EmbedKey>;
