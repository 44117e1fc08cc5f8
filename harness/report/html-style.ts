/** The page's style, light and dark. It stands in the page as it is and names nothing outside of it. */
export const htmlStyle = `
:root { color-scheme: light dark;
  --page: light-dark(#f6f7f9, #14171c); --card: light-dark(#ffffff, #1d2128); --line: light-dark(#d9dde3, #343a45);
  --ink: light-dark(#1b2330, #e4e8ee); --soft: light-dark(#5b6675, #97a1b0);
  --good: light-dark(#1a7f42, #4cc47c); --bad: light-dark(#c62f2f, #ff7a72); --warn: light-dark(#96690a, #e0b04a); --calm: light-dark(#8a94a3, #6d7786);
  --good-soft: light-dark(#e3f4e9, #1b3526); --bad-soft: light-dark(#fdeaea, #45211f); --warn-soft: light-dark(#fbf1da, #3a2f16); --site: light-dark(#eceff4, #191d24);
  --mono: ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 14px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
header, main > section { max-width: 1440px; margin: 0 auto; padding: 20px 24px 0; }
main { padding-bottom: 60px; }
h1 { font-size: 24px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 12px 0 10px; display: flex; align-items: baseline; gap: 10px; }
h3 { font-size: 13px; margin: 18px 0 6px; font-family: var(--mono); font-weight: 600; overflow-wrap: anywhere; }
small { color: var(--soft); font-weight: 400; font-size: 13px; }
code, pre { font-family: var(--mono); font-size: 12px; }
.headline { display: flex; gap: 14px; align-items: center; }
.outcome { padding: 2px 12px; border-radius: 12px; font-weight: 600; background: var(--warn-soft); color: var(--warn); }
.outcome.passed { background: var(--good-soft); color: var(--good); }
.outcome.failed { background: var(--bad-soft); color: var(--bad); }
.tiles { display: flex; gap: 12px; margin: 14px 0 4px; flex-wrap: wrap; align-items: stretch; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 8px 18px; color: var(--soft); }
.tile b { display: block; font-size: 24px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile.passed b { color: var(--good); } .tile.failed b { color: var(--bad); } .tile.skipped b { color: var(--warn); } .tile.zero b { color: var(--soft); font-weight: 400; }
.tiles dl { display: flex; gap: 8px 26px; margin: 0 0 0 12px; flex-wrap: wrap; align-items: center; }
dt { color: var(--soft); font-size: 12px; } dd { margin: 0; }
.notes, .faults { color: var(--soft); margin: 8px 0 0; } .notes { padding-left: 20px; }
.map { background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: auto; max-height: 86vh; padding: 4px; }
.map svg { display: block; margin: 0 auto; max-width: 100%; height: auto; } .map.full svg { max-width: none; margin: 0; }
#map text { fill: var(--ink); font: 11px var(--mono); }
#map .name { font: 600 13px var(--mono); } #map .address { text-anchor: end; fill: var(--soft); } #map .line { fill: var(--soft); }
#map .site rect { fill: var(--site); stroke: var(--line); stroke-dasharray: 5 4; } #map .site text { fill: var(--soft); }
#map .card { fill: var(--card); stroke: var(--line); } #map .stripe { fill: var(--calm); }
#map .box.passed .stripe { fill: var(--good); } #map .box.failed .stripe { fill: var(--bad); } #map .box.failed .card { stroke: var(--bad); }
#map .edge { fill: none; stroke: var(--calm); stroke-width: 1.4; } #map .edge.passed { stroke: var(--good); } #map .edge.failed { stroke: var(--bad); stroke-width: 2.2; }
#map .edge.untouched { stroke-dasharray: 4 3; }
#map .arrow { fill: var(--calm); } #map .arrow.passed { fill: var(--good); } #map .arrow.failed { fill: var(--bad); }
#map .ports rect { fill: var(--card); stroke: var(--line); } #map .ports.failed rect { stroke: var(--bad); fill: var(--bad-soft); } #map .ports text { text-anchor: middle; }
#map tspan.passed { fill: var(--good); } #map tspan.failed { fill: var(--bad); font-weight: 700; } #map tspan.untouched { fill: var(--soft); }
#map .local circle, #map .chip circle { fill: var(--calm); } #map .local.passed circle, #map .chip.passed circle { fill: var(--good); } #map .local.failed circle, #map .chip.failed circle { fill: var(--bad); }
#map .local text { fill: var(--soft); } #map .chip rect { fill: var(--page); stroke: var(--line); } #map .chip.failed rect { stroke: var(--bad); fill: var(--bad-soft); }
#map [data-host] { cursor: pointer; outline: none; } #map [data-host]:focus-visible > rect, #map .chosen > rect { stroke: var(--ink); stroke-width: 2; }
#map.looking .edge, #map.looking .ports, #map.looking .box, #map.looking .chip { opacity: .16; } #map.looking .near, #map.looking .near .chip.near { opacity: 1; }
.legend { color: var(--soft); font-size: 13px; margin: 8px 0 0; } .dot { display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--calm); margin: 0 6px 0 14px; }
.legend .dot:first-child { margin-left: 0; } .dot.passed { background: var(--good); } .dot.failed { background: var(--bad); }
.toolbar { position: sticky; top: 0; z-index: 1; background: var(--page); display: flex; gap: 10px; align-items: center; padding: 8px 0; flex-wrap: wrap; }
input[type=search] { flex: 1 1 320px; max-width: 560px; padding: 7px 12px; font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 7px; }
button { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 6px 12px; cursor: pointer; }
h2 button { margin-left: auto; font-size: 12px; padding: 2px 10px; font-weight: 400; } .outcomes { display: flex; gap: 6px; }
button.failed { color: var(--bad); } button.passed { color: var(--good); } button.skipped { color: var(--warn); }
button[aria-pressed=true] { border-color: currentColor; font-weight: 600; box-shadow: inset 0 0 0 1px currentColor; } output { color: var(--soft); }
.case { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--calm); margin: -1px 0 0; }
.case.passed { border-left-color: var(--good); } .case.failed { border-left-color: var(--bad); } .case.skipped { border-left-color: var(--warn); }
.case > summary { display: flex; gap: 12px; align-items: center; padding: 6px 12px; cursor: pointer; list-style: none; } .case > summary::-webkit-details-marker { display: none; }
.case > summary:hover { background: var(--page); } .case .title { flex: 1; overflow-wrap: anywhere; min-width: 0; } .mark { font-weight: 700; width: 1em; flex: none; }
.passed > summary .mark, li.passed > .mark { color: var(--good); } .failed > summary .mark, li.failed > .mark { color: var(--bad); } .skipped > summary .mark { color: var(--warn); }
.hosts { display: flex; gap: 4px; flex-wrap: wrap; justify-content: flex-end; } .host { font: 11px var(--mono); padding: 1px 7px; border: 1px solid var(--line); border-radius: 9px; color: var(--soft); }
.time { color: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; white-space: nowrap; min-width: 64px; text-align: right; } .bar { width: 48px; height: 4px; margin-right: 8px; vertical-align: middle; } .bar rect { fill: var(--calm); }
.expected { color: var(--warn); font-style: normal; font-size: 12px; } .body { padding: 4px 16px 14px 40px; border-top: 1px solid var(--line); }
.body > dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 8px 0; } .body > dl dd { overflow-wrap: anywhere; }
pre { background: var(--page); border: 1px solid var(--line); border-radius: 6px; padding: 8px 12px; margin: 8px 0; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 420px; overflow: auto; }
pre.reason { background: var(--bad-soft); border-color: var(--bad); } .skipped pre.reason { background: var(--warn-soft); border-color: var(--warn); }
.steps { list-style: none; margin: 8px 0 0; padding: 0; } .steps > li { display: flex; flex-wrap: wrap; gap: 10px; padding: 3px 0; } .steps > li > .title { flex: 1; }
.evidence { flex-basis: 100%; list-style: none; margin: 0 0 4px; padding: 0 0 0 24px; } .evidence summary { cursor: pointer; font: 12px/1.6 var(--mono); color: var(--soft); overflow-wrap: anywhere; } .evidence .failed summary { color: var(--bad); }
.scroll { overflow-x: auto; } .flows, .components { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); font-size: 13px; }
:is(.flows, .components) th { text-align: left; color: var(--soft); font-weight: 500; } :is(.flows, .components) :is(th, td) { padding: 5px 10px; border-bottom: 1px solid var(--line); vertical-align: top; } :is(.flows, .components) .number { text-align: right; font-variant-numeric: tabular-nums; }
.flows .dot { margin-left: 0; } .flows .source { color: var(--soft); font-size: 12px; } #nothing { color: var(--soft); padding: 20px; text-align: center; }
[hidden] { display: none !important; }
@media (max-width: 700px) { header, main > section { padding: 14px 12px 0; } .case > summary { flex-wrap: wrap; } .bar { display: none; } .body { padding-left: 16px; } }
@media print { .toolbar, #zoom { display: none; } .map { max-height: none; } }
`
