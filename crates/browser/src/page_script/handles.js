// Handles: small integers that name elements of this document. An element gets one on first sight
// and keeps it for the document's life; a handle is never given to another element.

const HANDLE = Symbol('handle');
const handleTargets = new Map();
let lastHandle = 0;
const forgottenHandles = new FinalizationRegistry((handle) => handleTargets.delete(handle));

/** The handle of an element. It is kept on the element's wrapper in this world, which no page sees. */
const handleOf = (element) => {
  let handle = element[HANDLE];
  if (handle === undefined) {
    handle = lastHandle += 1;
    Object.defineProperty(element, HANDLE, { value: handle });
    handleTargets.set(handle, new WeakRef(element));
    forgottenHandles.register(element, handle);
  }
  return handle;
};

/** The element of a handle, attached or not; fails with kind `stale` when it is gone for good. */
const elementOf = (handle) => {
  const element = handleTargets.get(handle)?.deref();
  if (!element) {
    const known = Number.isInteger(handle) && handle > 0 && handle <= lastHandle;
    throw new Failure('stale', known ? 'the element no longer exists' : `no element has the handle ${handle} in this document`);
  }
  return element;
};

/** The element of a handle; fails with kind `stale` unless it is attached to this document. */
const attachedElementOf = (handle) => {
  const element = elementOf(handle);
  if (!isConnected(element) || ownerDocument(element) !== document) {
    throw new Failure('stale', 'the element is no longer attached to the page');
  }
  return element;
};
