type Maker<T> = new () => T;

/** An element of index.html. A missing one is a mistake of ours, found by every test that opens the page. */
export function part(id: string): HTMLElement;
export function part<T extends HTMLElement>(id: string, type: Maker<T>): T;
export function part(id: string, type: Maker<HTMLElement> = HTMLElement): HTMLElement {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new TypeError(`index.html has no ${type.name} with the id ${id}`);
}

/** Sets a text only where it differs: a live page must not disturb selections and screen readers. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function showNotice(text: string): void {
  const notice = document.createElement('p');
  notice.className = 'notice';
  notice.textContent = text;
  part('notices').append(notice);
}
