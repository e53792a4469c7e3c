export { findBrowser, mustFindBrowser, onPath } from './find.ts';
export { BROWSER_FLAGS, launchBrowser } from './launch.ts';
