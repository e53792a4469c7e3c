import { manytabsOf } from './manytabs.ts';

// The whole of /sdk/v1.js. The grid is where the script came from; `?render=explicit` leaves rendering to the page.

const own = document.currentScript;
if (own instanceof HTMLScriptElement) {
  const address = new URL(own.src);
  const manytabs = manytabsOf(new URL('/', address).href);
  if (address.searchParams.get('render') !== 'explicit') onceParsed(() => manytabs.renderAll());
}

function onceParsed(act: () => void): void {
  if (document.readyState !== 'loading') act();
  else document.addEventListener('DOMContentLoaded', act, { once: true });
}
