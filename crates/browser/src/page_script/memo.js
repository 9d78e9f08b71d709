// What one command remembers while the document stands still. A command that waits forgets it after each wait.

let memo = null;

const forget = () => {
  memo = { texts: new Map(), labels: new Map() };
};
forget();

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
