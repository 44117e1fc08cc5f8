/** The page's script: search, filters, the map's spotlight. Plain browser JavaScript; it reads only the page. */
export const htmlScript = `
'use strict';
const all = (selector) => [...document.querySelectorAll(selector)];
const words = (element, name) => (element.dataset[name] || '').split(' ').filter(Boolean);
const cases = all('.case'), groups = all('.group'), rows = all('.flows tbody tr');
const texts = new Map(cases.map((element) => [element, element.textContent.toLowerCase()]));
const search = document.getElementById('search'), shown = document.getElementById('shown');
const hostButton = document.getElementById('host-filter'), map = document.getElementById('map');
const chosen = { outcomes: new Set(), host: undefined };

function filter() {
  const wanted = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const element of cases) {
    const fits = (chosen.outcomes.size === 0 || chosen.outcomes.has(element.dataset.outcome))
      && (!chosen.host || words(element, 'hosts').includes(chosen.host))
      && wanted.every((word) => texts.get(element).includes(word));
    element.hidden = !fits;
    if (fits) count++;
  }
  for (const group of groups) group.hidden = !group.querySelector('.case:not([hidden])');
  for (const row of rows) row.hidden = Boolean(chosen.host) && !words(row, 'hosts').includes(chosen.host);
  document.getElementById('nothing').hidden = count > 0;
  shown.textContent = count === cases.length ? '' : count + ' of ' + cases.length;
  hostButton.hidden = !chosen.host;
  hostButton.textContent = chosen.host ? 'host ' + chosen.host + '  ×' : '';
  for (const element of all('#map [data-host]')) element.classList.toggle('chosen', element.dataset.host === chosen.host);
}

function spotlight(host) {
  map.classList.toggle('looking', Boolean(host));
  const near = new Set([host]);
  for (const element of all('#map [data-from]')) {
    const from = words(element, 'from'), to = words(element, 'to');
    const touches = from.includes(host) || to.includes(host);
    element.classList.toggle('near', touches);
    if (touches) for (const name of from.includes(host) ? to : from) near.add(name);
  }
  for (const element of all('#map [data-host]')) element.classList.toggle('near', near.has(element.dataset.host));
  for (const element of all('#map [data-hosts]')) element.classList.toggle('near', words(element, 'hosts').some((name) => near.has(name)));
}

for (const element of all('#map [data-host]')) {
  const host = element.dataset.host;
  const choose = () => { chosen.host = chosen.host === host ? undefined : host; filter(); };
  element.addEventListener('click', choose);
  element.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(); } });
  element.addEventListener('mouseenter', () => spotlight(host));
  element.addEventListener('mouseleave', () => spotlight(undefined));
  element.addEventListener('focus', () => spotlight(host));
  element.addEventListener('blur', () => spotlight(undefined));
}
for (const button of all('[data-filter]')) button.addEventListener('click', () => {
  const outcome = button.dataset.filter, on = !chosen.outcomes.has(outcome);
  if (on) chosen.outcomes.add(outcome); else chosen.outcomes.delete(outcome);
  button.setAttribute('aria-pressed', String(on));
  filter();
});
hostButton.addEventListener('click', () => { chosen.host = undefined; filter(); });
search.addEventListener('input', filter);
document.addEventListener('keydown', (event) => {
  if (event.key === '/' && document.activeElement !== search) { event.preventDefault(); search.focus(); }
  if (event.key === 'Escape' && document.activeElement === search) { search.value = ''; filter(); }
});

const zoom = document.getElementById('zoom'), frame = document.querySelector('.map');
const size = (full) => { frame.classList.toggle('full', full); zoom.textContent = full ? 'fit to page' : '100 %'; };
if (map.width.baseVal.value > frame.clientWidth) {
  zoom.hidden = false;
  size(frame.clientWidth / map.width.baseVal.value < 0.6);
  zoom.addEventListener('click', () => size(!frame.classList.contains('full')));
}
`
