// Handles: small integers that name elements of this document. An element gets one on first sight
// and keeps it for the document's life; a handle is given to another element only where that was rendered in its place
// (fingerprints.js).

const HANDLE = Symbol('handle');
const handleTargets = new Map();
let lastHandle = 0;
const forgottenHandles = new FinalizationRegistry((handle) => {
  // It may lead to another element by now.
  if (!targetOf(handle)) handleTargets.delete(handle);
});

/** The element that a handle leads to, attached or not; undefined when it is gone for good. */
const targetOf = (handle) => handleTargets.get(handle)?.deref();

/** The handle that an element has, if it has one. It is kept on the element's wrapper in this world, which no page sees. */
const knownHandle = (element) => element[HANDLE];

/** Leads a handle to an element. One that has no handle gets it as its own. */
const bindHandle = (handle, element) => {
  const before = targetOf(handle);
  // What stands for a field with a secret in it holds that secret.
  if (before && secretFields.has(before)) secretFields.set(element, secretFields.get(before));
  if (element[HANDLE] === undefined) Object.defineProperty(element, HANDLE, { value: handle, configurable: true });
  handleTargets.set(handle, new WeakRef(element));
  forgottenHandles.register(element, handle);
};

/** Takes its handle from an element, which leads nowhere then. */
const letGo = (element) => {
  handleTargets.delete(element[HANDLE]);
  delete element[HANDLE];
};

/** The handle of an element. */
const handleOf = (element) => {
  if (element[HANDLE] === undefined) bindHandle((lastHandle += 1), element);
  return element[HANDLE];
};

const isAttached = (element) => element !== undefined && isConnected(element) && ownerDocument(element) === document;

/** The element of a handle, attached or not; fails with kind `stale` when it is gone for good. */
const elementOf = (handle) => {
  const element = targetOf(handle);
  if (!element) {
    const known = Number.isInteger(handle) && handle > 0 && handle <= lastHandle;
    throw new Failure('stale', known ? 'the element no longer exists' : `no element has the handle ${handle} in this document`);
  }
  return element;
};

/** The element of a handle; fails with kind `stale` unless it is attached to this document. */
const attachedElementOf = (handle) => {
  const element = elementOf(handle);
  if (!isAttached(element)) throw new Failure('stale', 'the element is no longer attached to the page');
  return element;
};
