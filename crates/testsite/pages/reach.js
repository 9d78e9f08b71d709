'use strict';
// Every way that a page has to reach an address. Each takes the address in all the schemes and gives a promise, if it can
// tell its end.

const add = (tag, properties = {}, parent = document.body) => {
  const element = Object.assign(document.createElement(tag), properties);
  const ended = new Promise(done => { element.onload = element.onerror = done; });
  parent.append(element);
  return { element, ended };
};
const ended = (tag, properties, parent) => add(tag, properties, parent).ended;
const attributes = (tag, values) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, value);
  document.body.append(element);
  return element;
};
const html = text => { document.body.insertAdjacentHTML('beforeend', text); };
const svg = inner => html(`<svg width="20" height="20" xmlns="http://www.w3.org/2000/svg">${inner}</svg>`);
const style = text => ended('style', { textContent: text }, document.head);
const link = values => ended('link', values, document.head);
const frame = source => ended('iframe', { src: source });
const here = path => new URL(path, location).href;
const query = (path, to) => here(`${path}?to=${encodeURIComponent(to)}`);
const blob = (text, type = 'text/javascript') => URL.createObjectURL(new Blob([text], { type }));
const ends = (thing, ...names) => new Promise(done => names.forEach(name => thing.addEventListener(name, done)));
const worker = (text, options) => {
  const made = new Worker(blob(`${text}; postMessage(0)`), options);
  return ends(made, 'message', 'error');
};
const form = (to, values) => {
  const made = attributes('form', { action: to, ...values });
  made.append(Object.assign(document.createElement('input'), { name: 'x', value: '1' }));
  if (made.target === 'form-frame') add('iframe', { name: 'form-frame' });
  made.submit();
};
const anchor = (to, values = {}) => { attributes('a', { href: to, ...values }).click(); };
const media = (tag, values) => ends(Object.assign(add(tag).element, { preload: 'auto', ...values }), 'error', 'loadeddata');
const rules = (kind, to) => {
  const list = JSON.stringify({ [kind]: [{ source: 'list', urls: [to], eagerness: 'immediate' }] });
  document.head.append(Object.assign(document.createElement('script'), { type: 'speculationrules', textContent: list }));
};
const service = (way, to) => {
  const url = `/reach/worker.js?way=${way}&to=${encodeURIComponent(to)}`;
  return navigator.serviceWorker.register(url, { scope: `/reach/${way}/` });
};
const ice = async (server, remote) => {
  const peer = new RTCPeerConnection(server ? { iceServers: [server], iceTransportPolicy: 'all' } : {});
  peer.createDataChannel('x');
  const gathered = ends(peer, 'icegatheringstatechange').then(function wait() {
    return peer.iceGatheringState === 'complete' || ends(peer, 'icegatheringstatechange').then(wait);
  });
  await peer.setLocalDescription(await peer.createOffer());
  if (remote) {
    const other = new RTCPeerConnection();
    await other.setRemoteDescription(peer.localDescription);
    await other.setLocalDescription(await other.createAnswer());
    const answer = other.localDescription.sdp.replace(/a=candidate.*\r\n/g, '');
    await peer.setRemoteDescription({ type: 'answer', sdp: answer });
    await peer.addIceCandidate({ candidate: remote, sdpMid: '0' });
  }
  return gathered;
};
const turn = (a, rest) => ice({ urls: `turn${rest.startsWith('s') ? 's' : ''}:${a.host}:${a.port}${rest.slice(1)}`, username: 'x', credential: 'y' });

const ways = {
  'anchor': a => anchor(a.http, { target: '_blank', rel: 'noopener' }),
  // Elsewhere the attribute counts for nothing, and whoever has the link would go there.
  'anchor-download': a => { add('iframe', { srcdoc: `<a href="${a.http}" download></a><script>document.links[0].click()</script>` }); },
  'anchor-ping': a => anchor('#here', { ping: a.http }),
  'attribution': a => attributes('img', { attributionsrc: a.http, src: 'data:,' }),
  'audio': a => media('audio', { src: a.http }),
  'audio-worklet': a => new AudioContext().audioWorklet.addModule(a.http),
  'background': a => html(`<table background="${a.http}"><tr><td>x</td></tr></table>`),
  'beacon': a => { navigator.sendBeacon(a.http, 'x'); },
  'candidate-tcp': a => ice(null, `candidate:1 1 tcp 1518280447 ${a.bare} ${a.port} typ host tcptype passive`),
  'candidate-udp': a => ice(null, `candidate:1 1 udp 2122260223 ${a.bare} ${a.port} typ host`),
  'csp-report': a => frame(query('/reach/csp', a.http)),
  'css-cursor': a => { html(`<p style="cursor:url('${a.http}'),auto">x</p>`); },
  'css-font-face': a => { style(`@font-face{font-family:canary;src:url('${a.http}')}`); html('<p style="font-family:canary">x</p>'); },
  'css-image': a => html(`<p style="background:url('${a.http}')">x</p>`),
  'css-import': a => style(`@import url('${a.http}');`),
  'css-mask': a => html(`<p style="mask-image:url('${a.http}')">x</p>`),
  'dns-prefetch': a => { link({ rel: 'dns-prefetch', href: a.http }); },
  'document-write': a => { const made = add('iframe').element.contentDocument; made.open(); made.write(`<img src="${a.http}">`); made.close(); },
  'embed': a => ended('embed', { src: a.http }),
  'embed-pdf': a => { add('embed', { type: 'application/pdf', src: a.http }); },
  'event-source': a => ends(new EventSource(a.http), 'error', 'open'),
  'fedcm': a => navigator.credentials.get({ identity: { providers: [{ configURL: a.https, clientId: 'x' }] } }),
  'fenced-frame': a => { add('fencedframe', { src: a.http }); },
  'fetch': a => fetch(a.http),
  'fetch-https': a => fetch(a.https),
  'fetch-keepalive': a => fetch(a.http, { mode: 'no-cors', keepalive: true }),
  'fetch-later': a => fetchLater(a.http, { activateAfter: 0 }),
  'fetch-no-cors': a => fetch(a.http, { mode: 'no-cors' }),
  'fetch-preflight': a => fetch(a.http, { method: 'POST', headers: { 'x-own': '1' }, body: 'x' }),
  'fetch-redirect': a => fetch(query('/redirect', a.http), { mode: 'no-cors' }),
  'font-face': a => new FontFace('canary-too', `url('${a.http}')`).load(),
  'form-blank': a => form(a.http, { method: 'post', target: '_blank' }),
  'form-get': a => form(a.http, { method: 'get', target: 'form-frame' }),
  'form-post': a => form(a.http, { method: 'post', enctype: 'text/plain', target: '_blank', rel: 'noopener' }),
  'frame': a => frame(a.http),
  'frame-blob': a => frame(blob(`<script>fetch('${a.http}', {mode: 'no-cors'})</script>`, 'text/html')),
  'frame-data': a => frame(`data:text/html,<script>fetch('${a.http}', {mode: 'no-cors'})</script>`),
  'frame-location': a => { add('iframe').element.contentWindow.location = a.http; },
  'frame-meta-refresh': a => { add('iframe', { srcdoc: `<meta http-equiv="refresh" content="0; url=${a.http}">` }); },
  'frame-redirect': a => frame(query('/redirect', a.http)),
  'frame-refresh-header': a => frame(query('/reach/refresh', a.http)),
  'frame-sandboxed': a => { const made = attributes('iframe', { sandbox: 'allow-scripts' }); made.src = a.http; },
  'frame-srcdoc': a => ended('iframe', { srcdoc: `<img src="${a.http}">` }),
  'icon': a => { link({ rel: 'icon', href: a.http }); },
  'image': a => ended('img', { src: a.http }),
  'image-set': a => ended('img', { srcset: `${a.http} 1x` }),
  'import': a => import(a.http),
  'input-image': a => ended('input', { type: 'image', src: a.http }),
  'manifest': a => { link({ rel: 'manifest', href: a.http }); },
  'media-session': a => { navigator.mediaSession.metadata = new MediaMetadata({ title: 'x', artwork: [{ src: a.http }] }); },
  'module': a => ended('script', { type: 'module', src: a.http }),
  'modulepreload': a => link({ rel: 'modulepreload', href: a.http }),
  'object': a => ended('object', { data: a.http }),
  'object-pdf': a => { add('object', { type: 'application/pdf', data: a.http }); },
  'paint-worklet': a => CSS.paintWorklet.addModule(a.http),
  'payment': a => new PaymentRequest([{ supportedMethods: a.https }], { total: { label: 'x', amount: { currency: 'EUR', value: '1' } } }).canMakePayment(),
  'picture': a => html(`<picture><source srcset="${a.http}"><img src="data:," alt=""></picture>`),
  'popup': a => { open(a.http); },
  'poster': a => { add('video', { poster: a.http }); },
  'preconnect': a => { link({ rel: 'preconnect', href: a.http }); },
  'prefetch': a => link({ rel: 'prefetch', href: a.http }),
  'preload': a => link({ rel: 'preload', as: 'fetch', crossOrigin: 'anonymous', href: a.http }),
  'prerender': a => { link({ rel: 'prerender', href: a.http }); },
  'reporting': a => frame(query('/reach/reporting', a.http)),
  'script': a => ended('script', { src: a.http }),
  'service-worker-fetch': a => service('fetch', a.http),
  'service-worker-import': a => service('import', a.http),
  'shared-worker': a => { const made = new SharedWorker(blob(`onconnect = e => fetch('${a.http}', {mode: 'no-cors'}).finally(() => e.ports[0].postMessage(0))`)); made.port.start(); return ends(made.port, 'message'); },
  'source': a => { html(`<video preload="auto"><source src="${a.http}"></video>`); },
  'speculation-prefetch': a => rules('prefetch', a.http),
  'speculation-prerender': a => rules('prerender', a.http),
  'stun': a => ice({ urls: `stun:${a.host}:${a.port}` }),
  'stylesheet': a => link({ rel: 'stylesheet', href: a.http }),
  'svg-filter': a => svg(`<filter id="f"><feImage href="${a.http}"/></filter><rect width="9" height="9" filter="url(#f)"/>`),
  'svg-image': a => svg(`<image href="${a.http}" width="9" height="9"/>`),
  'svg-use': a => svg(`<use href="${a.http}#x"/>`),
  'track': a => { html(`<video crossorigin="anonymous" src="data:,"><track default kind="captions" src="${a.http}"></video>`); document.querySelector('video:last-of-type').textTracks[0].mode = 'showing'; },
  'turn-tcp': a => turn(a, '-?transport=tcp'),
  'turn-tls': a => turn(a, 's?transport=tcp'),
  'turn-udp': a => turn(a, '-?transport=udp'),
  'video': a => media('video', { src: a.http }),
  'view-source': a => { open(`view-source:${a.http}`); },
  'websocket': a => ends(new WebSocket(a.ws), 'error', 'open'),
  'websocket-tls': a => ends(new WebSocket(a.wss), 'error', 'open'),
  'webtransport': a => new WebTransport(a.https).ready,
  'worker-fetch': a => worker(`fetch('${a.http}', {mode: 'no-cors'}).finally(() => postMessage(0))`),
  'worker-import': a => ends(new Worker(blob(`import '${a.http}'; postMessage(0)`), { type: 'module' }), 'message', 'error'),
  'worker-import-scripts': a => worker(`importScripts('${a.http}')`),
  'worker-script': a => new Worker(a.http),
  'worker-websocket': a => worker(`const s = new WebSocket('${a.ws}'); s.onerror = s.onopen = () => postMessage(0)`),
  'xhr': a => { const request = new XMLHttpRequest(); request.open('GET', a.http); request.send(); return ends(request, 'loadend'); },
  'xslt': a => frame(blob(`<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="${a.http}"?><x/>`, 'text/xml')),
};

const wayNames = Object.keys(ways);

// Tries all of them towards `host`, each at its own port. Gives what went wrong at once, by way: a refusal is nothing of
// that, a way that does not exist here is.
window.tryAll = async (host, ports, limit) => {
  const failed = {};
  const running = wayNames.map(async name => {
    const port = ports[name];
    const at = scheme => `${scheme}://${host}:${port}/${name}`;
    const address = { host, port, bare: host.replace(/^.*@|[[\]]/g, ''), http: at('http'), https: at('https'), ws: at('ws'), wss: at('wss') };
    let ending;
    try {
      ending = ways[name](address);
    } catch (error) {
      failed[name] = String(error);
    }
    // How it ends is not of interest.
    await Promise.resolve(ending).catch(() => {});
  });
  const enough = new Promise(done => setTimeout(done, limit));
  await Promise.race([Promise.all(running), enough]);
  return failed;
};
