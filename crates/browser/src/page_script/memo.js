// What one command remembers while the document stands still. A command that waits forgets it after each wait.

let memo = null;

const forget = () => {
  memo = { texts: new Map(), labels: new Map(), hosts: new Map(), places: new Map(), rows: new Map(), colors: new Map(), view: null };
};
forget();

// Everything but the common elements that can have no shadow root (DOM: "valid shadow host name"): leaving
// them to the browser's own matching spares a long page a wrapper for each of its cells and links.
const POSSIBLE_HOSTS =
  ':not(a, abbr, b, br, button, caption, circle, code, col, dd, dl, dt, em, figure, form, g, head, hr, i, iframe, img, input, label, li, line, link, meta, ol, optgroup, option, path, picture, pre, rect, script, select, small, source, strong, style, sub, sup, svg, table, tbody, td, textarea, tfoot, th, thead, time, tr, ul, use, video)';

/** The elements of a tree that have open shadow roots, in document order. */
const hostsIn = (root) => {
  let hosts = memo.hosts.get(root);
  if (!hosts) {
    hosts = [];
    for (const element of queryAll(root, POSSIBLE_HOSTS)) if (shadowRootOf(element)) hosts.push(element);
    memo.hosts.set(root, hosts);
  }
  return hosts;
};

/** A tree's labels by control: asking each control for its labels would search the whole tree every time. */
const labelsIn = (root) => {
  let byControl = memo.labels.get(root);
  if (!byControl) {
    byControl = new Map();
    for (const label of queryAll(root, 'label')) {
      const control = labelControl(label);
      if (!control) continue;
      const others = byControl.get(control);
      if (others) others.push(label);
      else byControl.set(control, [label]);
    }
    memo.labels.set(root, byControl);
  }
  return byControl;
};

const NO_LABELS = Object.freeze([]);

/** The `<label>` elements of a control. */
const labelsOf = (element) => labelsIn(rootOf(element)).get(element) ?? NO_LABELS;
