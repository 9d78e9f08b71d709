// The perception command: what the walk found, with the document's own facts.

const viewport = () => {
  const root = scrollingElement();
  return {
    scroll_x: scrollX,
    scroll_y: scrollY,
    viewport_width: innerWidth,
    viewport_height: innerHeight,
    total_width: root ? Math.max(scrollWidthOf(root), innerWidth) : innerWidth,
    total_height: root ? Math.max(scrollHeightOf(root), innerHeight) : innerHeight,
  };
};

const visibleArea = (clip, offset) => {
  if (!clip) return viewRect();
  const x = clip.x - (offset?.x ?? 0);
  const y = clip.y - (offset?.y ?? 0);
  return intersect(viewRect(), { left: x, top: y, right: x + clip.width, bottom: y + clip.height });
};

const GRID = { columns: 6, rows: 4 };

/** Elements on top somewhere in the view that the walk did not meet: overlays kept in parts outside it. */
const missedOverlays = (walk) => {
  const missed = new Set();
  const { left, top, right, bottom } = walk.view;
  for (let row = 0; row < GRID.rows; row += 1) {
    for (let column = 0; column < GRID.columns; column += 1) {
      const x = left + ((right - left) * (column + 0.5)) / GRID.columns;
      const y = top + ((bottom - top) * (row + 0.5)) / GRID.rows;
      for (let at = deepElementAt(x, y); at && !walk.seen.has(at); at = flatParent(at)) missed.add(at);
    }
  }
  return missed;
};

const walked = (view, viewportOnly, max) => {
  const walk = new Walk({ view, viewportOnly, max });
  walk.start();
  if (walk.escapeBudget > 0 || walk.full) return walk;
  const missed = missedOverlays(walk);
  if (missed.size === 0) return walk;
  const again = new Walk({ view, viewportOnly, max, answers: walk.answers });
  for (const element of missed) for (let at = element; at; at = flatParent(at)) again.forced.add(at);
  again.start();
  return again;
};

/**
 * Lists the page as it is shown now. `clip` is the part that can be seen of a nested frame, in this frame's
 * viewport coordinates, or in those of an outer viewport in which this frame lies at `offset`.
 */
const observe = ({ viewportOnly = true, offset = null, clip = null, max = null }) => {
  const view = visibleArea(clip, offset);
  const walk = walked(view, viewportOnly, max);
  walk.describe();
  walk.readTexts();
  // Only dialogs that hold something to use are components of their own.
  const useful = new Set(walk.items.filter((item) => (item.k === 'e' || item.k === 'f') && item.d !== undefined).map((item) => item.d));
  const order = [...useful].sort((a, b) => a - b);
  for (const item of walk.items) {
    if (item.d === undefined) continue;
    const at = order.indexOf(item.d);
    // What is undefined is not told.
    item.d = at < 0 ? undefined : at;
  }
  const elements = walk.items.filter((item) => item.k === 'e');
  nameListed(elements);
  for (const item of walk.items) {
    if (item.k === 'e' || item.k === 's') item.h = handleOf(item.element);
    item.element = item.print = undefined;
  }
  return {
    title: head(documentTitle(), 1000),
    url: location.href,
    content_type: contentType(),
    viewport: viewport(),
    role: documentBody() ? coarseRole(documentBody()) : 'WebArea',
    dialogs: order.map((index) => walk.dialogs[index]),
    truncated: walk.full,
    closed: walk.closed.map(handleOf),
    items: walk.items,
  };
};
