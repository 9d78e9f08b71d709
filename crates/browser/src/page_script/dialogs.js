// Dialogs, and what they are called.

const isDialog = (element, tag) => {
  if (tag === 'dialog') return hasAttribute(element, 'open');
  const role = attribute(element, 'role');
  return role === 'dialog' || role === 'alertdialog' || attribute(element, 'aria-modal') === 'true';
};

const dialogText = (element) => {
  const name = accessibleLabel(element);
  if (name) return head(name, 100);
  const heading = queryAll(element, 'h1, h2, h3, h4, h5, h6, [role="heading"]')[0];
  const text = (heading && contentName(heading, new Set(), false)) || contentName(element, new Set(), false);
  return head(text, 100);
};
