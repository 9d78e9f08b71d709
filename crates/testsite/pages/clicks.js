// Counts clicks on everything that carries data-click, in window.__clicks and in <output data-count=NAME>.
window.__clicks = {};
window.__count = name => {
  window.__clicks[name] = (window.__clicks[name] || 0) + 1;
  for (const output of document.querySelectorAll(`output[data-count="${name}"]`)) {
    output.textContent = window.__clicks[name];
  }
};
document.addEventListener('click', event => {
  const target = event.composedPath().find(node => node.dataset && node.dataset.click);
  if (target) window.__count(target.dataset.click);
}, true);
