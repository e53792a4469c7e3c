import { useEffect } from 'react';
import { type Shortcut, ShortcutReader, singleKeysOn } from './shortcuts.ts';

/** Calls back for shortcuts typed outside of fields, editors and dialogs. */
export function useShortcuts(onShortcut: (shortcut: Shortcut) => void): void {
  useEffect(() => {
    const reader = new ShortcutReader();
    const onKey = (event: KeyboardEvent) => {
      if (isPaletteKey(event)) {
        event.preventDefault();
        // A dialog that is open is dealt with first.
        if (!document.querySelector('dialog[open]')) onShortcut('palette');
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      if (!singleKeysOn() && event.key !== '?') return;
      const shortcut = reader.press(event.key);
      if (!shortcut) return;
      event.preventDefault();
      onShortcut(shortcut);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onShortcut]);
}

function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey && !shiftKey;
}

function isTyping(event: KeyboardEvent): boolean {
  // The editor lives in a shadow tree, so the target alone would not show it.
  return event
    .composedPath()
    .some(
      (node) =>
        node instanceof HTMLElement &&
        (node.isContentEditable || node.matches('input, select, textarea, dialog')),
    );
}
