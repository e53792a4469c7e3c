/** Of a saved report: both themes, and paper. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2428, #e7ecea); --soft: light-dark(#55616a, #a6b2b5);
  --paper: light-dark(#fff, #11171a); --line: light-dark(#dcdcd4, #2e3a40); --final: light-dark(#0a6b5d, #63d2ba);
  --failed: light-dark(#ab2318, #ff9d92); --lost: light-dark(#d79a1e, #f0c060); --waiting: light-dark(#d5d6d0, #343f45); }
body { margin: 0 auto; padding: 24px 16px; max-width: 1060px; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 22px; } h2 { margin: 28px 0 8px; font-size: 16px; break-after: avoid; }
p { margin: 4px 0; } .soft { color: var(--soft); } .state { text-transform: uppercase; letter-spacing: .05em; }
table { border-collapse: collapse; width: 100%; } tr { break-inside: avoid; }
th, td { padding: 3px 12px 3px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 400; } .n { text-align: right; white-space: nowrap; }
code, .value { font: 12px ui-monospace, monospace; } .scroll { overflow-x: auto; }
svg { display: block; max-width: 100%; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.final { fill: var(--final); } .failed { fill: var(--failed); } .lost { fill: var(--lost); }
.unneeded { fill: var(--soft); } .waiting { fill: var(--waiting); } .box { fill: none; stroke: var(--soft); }
.here { stroke: var(--final); stroke-width: 2.5; } svg .name { fill: var(--ink); font-weight: 600; font-size: 13px; }
img { max-width: 100%; border: 1px solid var(--line); }
@media print { :root { color-scheme: light; } body { max-width: none; padding: 0; } }
`;
