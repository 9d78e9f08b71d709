// Behaviour of /inputs. window.__events lists "id:type" of every event that a field fired.
const by = id => document.getElementById(id);
window.__events = [];
for (const type of ['focus', 'keydown', 'beforeinput', 'input', 'change', 'blur']) {
  document.addEventListener(type, event => {
    window.__events.push(`${event.target.id}:${type}`);
    by('events').textContent = window.__events.slice(-8).join(' ');
  }, true);
}

by('form').addEventListener('submit', event => {
  event.preventDefault();
  const fields = [...new FormData(event.target)];
  window.__submitted = fields;
  by('submitted').textContent = JSON.stringify(fields);
});

for (const id of ['aria-checkbox', 'aria-switch']) {
  const toggle = () => by(id).setAttribute('aria-checked', String(by(id).getAttribute('aria-checked') !== 'true'));
  by(id).addEventListener('click', toggle);
  by(id).addEventListener('keydown', event => { if (event.key === ' ') toggle(); });
}

const openList = open => {
  by('list').hidden = !open;
  by('combobox').setAttribute('aria-expanded', String(open));
};
by('combobox').addEventListener('click', () => openList(by('list').hidden));
by('list').addEventListener('click', event => {
  by('combobox').textContent = event.target.textContent;
  by('combobox').dataset.value = event.target.dataset.value;
  openList(false);
});

// Groups the digits by four while they are typed.
by('formatted').addEventListener('input', event => {
  const digits = event.target.value.replace(/\D/g, '').slice(0, 16);
  event.target.value = digits.replace(/(.{4})(?=.)/g, '$1 ');
});

// Takes no value that was not typed key by key.
let keys = '';
by('typed').addEventListener('keydown', event => {
  if (event.key.length === 1) keys += event.key;
  if (event.key === 'Backspace') keys = keys.slice(0, -1);
  by('typed-events').textContent = keys;
});
by('typed').addEventListener('input', event => { event.target.value = keys; });

// Keeps its value in a variable and writes it back, as view libraries do.
let state = '';
by('controlled').addEventListener('input', event => {
  state = event.target.value;
  by('controlled-state').textContent = state;
  queueMicrotask(() => { event.target.value = state; });
});

by('enter').addEventListener('keydown', event => {
  if (event.key === 'Enter') by('entered').textContent = event.target.value;
});
