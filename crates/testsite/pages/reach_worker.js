// A service worker that does what its address asks for.
const asked = new URL(location).searchParams;
if (asked.get('way') === 'import') importScripts(asked.get('to'));
addEventListener('install', event => {
  if (asked.get('way') === 'fetch') event.waitUntil(fetch(asked.get('to'), { mode: 'no-cors' }));
});
