import type { Words } from '../speaker.ts';

export const en = {
  'hero.title': 'Lend this tab to a computer made of many',
  'hero.lead':
    'While this page is open, your browser works with others on what people bring to this grid. Nothing to install, no account.',
  'consent.title': 'What pressing Start means',
  'consent.what': 'What runs.',
  'consent.what-text':
    'Small programs from people who use this grid, sealed off in workers: they reach no network, no page and no file of yours. The tab also keeps pieces of the grid’s data in this browser and passes them to other tabs.',
  'consent.limits': 'Limits.',
  'consent.limits-text':
    'Only as much as you choose, and only while this page is open. It uses power and some data traffic, and the grid and the tabs it talks to see your network address.',
  'consent.stop': 'How to stop.',
  'consent.stop-text':
    'Press Stop at once, or close the tab. Before Start, nothing runs, connects or is stored.',
  'consent.safety': 'What can run here, and what cannot',
  'work.over-now': 'This tab computes',
  'work.over-last': 'This tab computed last',
  'work.for': 'For',
  'work.no-name': 'A job without a name',
  'work.no-purpose': 'Its submitter gave no purpose.',
  'work.block-submitter': 'Nothing more for this submitter',
  'work.block-purpose': 'Nothing more for this purpose',
  'work.follow': 'Follow this submitter',
  'numbers.title': 'What you have given',
  'numbers.done': 'Tasks done',
  'numbers.busy': 'Computing time',
  'numbers.failed': 'Tasks failed',
  'numbers.kept': 'Data kept',
  'numbers.served': 'Passed to other tabs',
  'numbers.road': 'Connected by',
  'numbers.none': 'none',
  'numbers.who': 'This browser is volunteer {id}.',
  'numbers.pieces': { one: '{count} piece', other: '{count} pieces' },
  'numbers.workers': { one: '{count} worker', other: '{count} workers' },
  'numbers.busy-of': {
    one: '{running} of {count} worker busy',
    other: '{running} of {count} workers busy',
  },
  'numbers.tasks': { one: '{count} task', other: '{count} tasks' },
  'measure.promised': 'Promised: at most {promised} of {cores} cores.',
  'measure.measured': 'Measured over ten seconds: {measured}.',
  'power.title': 'How much of this device',
  'power.legend': 'Power',
  'power.quiet': 'Quiet',
  'power.balanced': 'Balanced',
  'power.full': 'Full',
  'power.custom': 'Custom',
  'power.level': '{workers}, {duty} of the time',
  'power.note':
    'A worker keeps about one processor core busy while it works. You can change this at any time.',
  'power.more': 'More',
  'power.workers': 'Workers',
  'power.duty': 'Share of the time each works',
  'power.awake': 'Keep the screen awake while computing',
  'limits.title': 'Limits',
  'limits.lead': 'Kept in this browser, and held to here: the grid has no say.',
  'limits.idle': 'When this device is idle',
  'limits.idle-unknown':
    'This browser does not tell whether the device is in use; it counts as in use.',
  'limits.idle-ask': 'Let this page know',
  'limits.battery': 'On battery',
  'limits.battery-unknown':
    'This browser does not tell of a battery. Quiet hours and Pause are yours.',
  'limits.metered': 'On a metered network',
  'limits.metered-unknown': 'This browser does not tell of metered networks.',
  'limits.pressure': 'When the device is overloaded or hot',
  'limits.pressure-unknown':
    'This browser does not tell; this page measures how late its own clock is.',
  'limits.same': 'No change',
  'limits.pause': 'Rest',
  'limits.storage': 'Storage for the grid’s data',
  'limits.month': 'Computing hours a month',
  'limits.month-used': '{used} h of this month are used.',
  'limits.no-limit': 'No limit',
  'limits.hours': 'Quiet hours',
  'limits.hours-lead':
    'Nothing computes in the hours marked. Click or press Space; arrow keys move.',
  'limits.hours-cell': '{day}, {hour}',
  'limits.hours-clear': 'Clear all',
  'limits.pause-hour': 'Pause for an hour',
  'limits.pause-end': 'End the pause',
  'record.title': 'What this tab ran',
  'record.empty': 'Nothing yet. Every job that runs here is listed, with who brought it and why.',
  'record.row': '{tasks}, {time}, for {submitter}',
  'record.block': 'Block',
  'record.blocked': 'Blocked causes',
  'record.unblock': 'Allow again',
  'record.only': 'Only what I follow',
  'record.followed': 'Followed',
  'record.unfollow': 'Unfollow',
  'yours.title': 'Yours',
  'yours.lead':
    'Counted by this browser. The grid gives credit for results that others agreed with.',
  'yours.total': 'Given in all',
  'yours.streak': 'Days in a row',
  'yours.days': { one: '{count} day', other: '{count} days' },
  'yours.energy': 'Energy, an estimate',
  'yours.energy-range': '{least} to {most} Wh',
  'yours.credit': 'Accepted by the grid',
  'yours.standing': 'Standing',
  'yours.standing-quarantined':
    'Held back: results of this browser differed from those of others. It is tested with tasks whose answers are known, and is back when these are right. An overclocked or faulty memory is the usual cause.',
  'yours.certificate': 'Certificate',
  'yours.export': 'Export my data',
  'yours.forget': 'Forget me',
  'yours.forget-sure':
    'This removes the key, the settings, the record and the data kept here. Press again to do it.',
  'certificate.title': 'Certificate of computing',
  'certificate.text': 'A browser tab has given {hours} h of computing and finished {tasks}.',
  'control.start': 'Start',
  'control.again': 'Try again',
  'control.pause': 'Pause',
  'control.resume': 'Resume',
  'control.keep': 'Keep going',
  'control.finish': 'Finish, then stop',
  'control.stop': 'Stop at once',
  'state.idle': 'Nothing runs yet',
  'state.idle-detail': 'Press Start to lend this tab. Until then it connects to nothing.',
  'state.stopped': 'Stopped',
  'state.stopped-detail': 'Nothing runs and nothing is connected any more. Press Start to go on.',
  'state.connecting': 'Connecting',
  'state.connecting-detail':
    'Testing the sandbox on this browser, then calling the grid. This takes a second or two.',
  'state.connecting-again': '{problem}. It is tried again by itself. ({code})',
  'state.waiting': 'Waiting for work',
  'state.waiting-detail':
    'The grid has nothing to do right now. Leave this tab open: it starts by itself when a job arrives.',
  'state.fetching': 'Fetching a job',
  'state.fetching-detail': 'Getting the program and files. Computing starts when they are here.',
  'state.fetching-of':
    'Getting the program and files of “{job}”. Computing starts when they are here.',
  'state.computing': 'Computing',
  'state.computing-detail': 'Going well. You can use other tabs and windows meanwhile.',
  'state.paused': 'Paused',
  'state.paused-detail':
    'Nothing computes. Tasks at work keep their place or begin again; press Resume to go on with them.',
  'state.finishing': 'Finishing',
  'state.finishing-results':
    'The last results wait to be sent; nothing new is taken. Then this tab stops by itself.',
  'state.finishing-tasks': {
    one: 'One task is left to end and be sent; nothing new is taken. Then this tab stops by itself.',
    other:
      '{count} tasks are left to end and be sent; nothing new is taken. Then this tab stops by itself.',
  },
  'state.reconnecting': 'Reconnecting',
  'state.reconnecting-detail':
    'The connection to the grid is lost and is being made again. Tasks at work go on; no result is lost.',
  'state.offline-detail':
    'This device is offline. Tasks at work go on, and results are sent when it is back.',
  'rest.title': 'At rest',
  'rest.paused': 'You asked for a pause until {time}. It goes on then; or press End the pause.',
  'rest.quiet-hours':
    'These are your quiet hours. It goes on at {time}; or change them under Limits.',
  'rest.month':
    'This month’s computing hours are used. It goes on next month; or raise the cap under Limits.',
  'rest.metered': 'This network is metered. It goes on at another; or change that under Limits.',
  'rest.battery':
    'This device runs on its battery. It goes on when it charges; or change that under Limits.',
  'rest.pressure':
    'This device is overloaded or hot. It goes on when that is over; or change that under Limits.',
  'rest.idle': 'This device is idle, and you asked for rest then. It goes on when you use it.',
  'problem.unknown': 'It cannot go on',
  'problem.unknown-detail': '{message} Press Try again, or reload the page. ({code})',
  'problem.sandbox-refused': 'This browser cannot seal tasks off',
  'problem.sandbox-refused-detail':
    'A safety test failed, so nothing was run. Use a current Chrome, Edge, Firefox or Safari, and switch off extensions that change pages. ({code}: {message})',
  'problem.unreachable': 'The grid does not answer',
  'problem.unreachable-detail':
    'It may be down, or this device offline. Check the address and press Try again. ({code})',
  'problem.connection-lost': 'The connection broke',
  'problem.connection-lost-detail': 'Check this device’s network and press Try again. ({code})',
  'problem.timeout': 'The grid took too long to answer',
  'problem.timeout-detail': 'The network may be slow. Press Try again. ({code})',
  'problem.closed': 'The grid closed the connection',
  'problem.closed-detail': 'It may be restarting. Press Try again in a moment. ({code})',
  'problem.too-many-peers': 'The grid is full',
  'problem.too-many-peers-detail':
    'It has as many volunteers as it can serve. Thank you; press Try again later. ({code})',
  'problem.rate-limited': 'Too many attempts',
  'problem.rate-limited-detail':
    'The grid asks this device to slow down. Wait a minute, then press Try again. ({code})',
  'problem.version-mismatch': 'The grid was updated',
  'problem.version-mismatch-detail':
    'This page is of another version. Reload it to get the current one. ({code})',
  'problem.identity-in-use': 'Another tab of this browser has this place',
  'problem.identity-in-use-detail':
    'Close the other tab, or go on there; then press Try again. ({code})',
  'problem.identity-refused': 'The grid did not accept this browser’s identity',
  'problem.identity-refused-detail':
    'Clear this site’s data in the browser’s settings to get a new one, then reload. ({code})',
  'problem.token-missing': 'This grid takes invited volunteers only',
  'problem.token-missing-detail':
    'Open the invitation link you were given: it carries a token after the # sign. ({code})',
  'problem.token-refused': 'The invitation is not valid',
  'problem.token-refused-detail':
    'It may have expired. Ask the owner of the grid for a new link. ({code})',
  'problem.token-expired': 'This invitation has run out',
  'problem.token-expired-detail': 'Ask whoever runs the grid for a new one. ({code})',
  'problem.token-revoked': 'This invitation was taken back',
  'problem.token-revoked-detail': 'Ask whoever runs the grid why, and for a new one. ({code})',
  'problem.origin-refused': 'This site may not ask for donations',
  'problem.origin-refused-detail':
    'Its key is for another site. Nothing was run. Ask whoever runs the site. ({code})',
  'problem.grid-key-changed': 'This is not the grid you knew',
  'problem.grid-key-changed-detail':
    'It shows another key than before. If whoever runs it has set it up anew, press Try again to accept that; if not, leave. ({code})',
  'problem.manifest-refused': 'A job was changed on its way here',
  'problem.manifest-refused-detail':
    'It does not bear the grid’s signature, so it was not run. Ask whoever runs the grid. ({code})',
  'problem.storage-full': 'This browser’s storage is full',
  'problem.storage-full-detail': 'Free some space on this device, then press Try again. ({code})',
  'problem.storage-failed': 'This browser does not let the page store data',
  'problem.storage-failed-detail':
    'Leave private browsing, or allow site data for this address, then press Try again. ({code})',
  'caption.mosaic': 'The parts of the picture that this device has computed.',
  'caption.preview': 'What a task on this device is drawing right now.',
  'caption.field': 'A square lights up with every task this device finishes.',
  'page.title': 'Manytabs – lend this tab',
  'page.missing':
    'This browser cannot take part: it lacks {parts}. A current Chrome, Edge, Firefox or Safari can.',
  'page.drill': 'A drill: this tab will misbehave on purpose ({fault}).',
  'footer.console': 'Do you have something to compute?',
  'footer.open': 'Open the console',
  language: 'Language',
} satisfies Words<string>;

export type PageKey = keyof typeof en;
export type PageWords = Words<PageKey>;
