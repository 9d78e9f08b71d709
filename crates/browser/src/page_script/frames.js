// Iframe elements as seen from the document that holds them.

/** The content box of an iframe: padding and border left out, in this viewport; and its scale, for simple transforms. */
const frameContent = (element, rect) => {
  const width = isHtml(element) ? element.offsetWidth : rect.width;
  const height = isHtml(element) ? element.offsetHeight : rect.height;
  const scale = { x: width > 0 ? rect.width / width : 1, y: height > 0 ? rect.height / height : 1 };
  const style = getComputedStyle(element);
  const side = (name) => Number.parseFloat(style.getPropertyValue(name)) || 0;
  const left = rect.left + (clientLeftOf(element) + side('padding-left')) * scale.x;
  const top = rect.top + (clientTopOf(element) + side('padding-top')) * scale.y;
  const right = left + (clientWidthOf(element) - side('padding-left') - side('padding-right')) * scale.x;
  const bottom = top + (clientHeightOf(element) - side('padding-top') - side('padding-bottom')) * scale.y;
  return { rect: { left, top, right, bottom }, box: { x: left, y: top, width: right - left, height: bottom - top }, scale };
};

/** A part of this viewport in the coordinates of the frame's own viewport. */
const clipInFrame = (inside, part) => ({
  x: (part.left - inside.rect.left) / inside.scale.x,
  y: (part.top - inside.rect.top) / inside.scale.y,
  width: Math.max(0, part.right - part.left) / inside.scale.x,
  height: Math.max(0, part.bottom - part.top) / inside.scale.y,
});

/**
 * Where an iframe's document is drawn: `{box, scale, visible, opacity, hits}`. `hits` says for each given point of
 * this viewport whether a press there goes to the frame. `arm` watches the next press: what goes into the
 * frame is never seen here, so any press that is seen would land on something over the frame.
 */
const frameBox = ({ handle, points = [], arm = false }) => {
  const element = attachedElementOf(handle);
  if (arm) armGuard(element);
  const inside = frameContent(element, boundingRect(element));
  const seen = intersect(inside.rect, intersect(clipOf(element), viewRect()));
  return {
    box: inside.box,
    scale: inside.scale,
    visible: clipInFrame(inside, seen),
    rendered: isRendered(element),
    opacity: opacityOf(element),
    hits: points.map(({ x, y }) => deepElementAt(x, y) === element),
  };
};
