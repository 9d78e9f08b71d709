// The computed style of an element while the document stands still.

/**
 * Asks for each property once: that is what a look costs most. Every property has a getter of its own, since one getter that
 * looks them up by name costs twice as much.
 */
class Style {
  #computed;
  #backgroundClip;
  #backgroundColor;
  #backgroundImage;
  #clip;
  #clipPath;
  #color;
  #contain;
  #contentVisibility;
  #cursor;
  #display;
  #filter;
  #fontSize;
  #opacity;
  #overflow;
  #overflowX;
  #overflowY;
  #perspective;
  #pointerEvents;
  #position;
  #textIndent;
  #transform;
  #visibility;
  #webkitTextFillColor;
  #willChange;
  #zIndex;

  constructor(element) {
    this.#computed = getComputedStyle(element);
  }

  get backgroundClip() { return (this.#backgroundClip ??= this.#computed.backgroundClip); }
  get backgroundColor() { return (this.#backgroundColor ??= this.#computed.backgroundColor); }
  get backgroundImage() { return (this.#backgroundImage ??= this.#computed.backgroundImage); }
  get clip() { return (this.#clip ??= this.#computed.clip); }
  get clipPath() { return (this.#clipPath ??= this.#computed.clipPath); }
  get color() { return (this.#color ??= this.#computed.color); }
  get contain() { return (this.#contain ??= this.#computed.contain); }
  get contentVisibility() { return (this.#contentVisibility ??= this.#computed.contentVisibility); }
  get cursor() { return (this.#cursor ??= this.#computed.cursor); }
  get display() { return (this.#display ??= this.#computed.display); }
  get filter() { return (this.#filter ??= this.#computed.filter); }
  get fontSize() { return (this.#fontSize ??= this.#computed.fontSize); }
  get opacity() { return (this.#opacity ??= this.#computed.opacity); }
  get overflow() { return (this.#overflow ??= this.#computed.overflow); }
  get overflowX() { return (this.#overflowX ??= this.#computed.overflowX); }
  get overflowY() { return (this.#overflowY ??= this.#computed.overflowY); }
  get perspective() { return (this.#perspective ??= this.#computed.perspective); }
  get pointerEvents() { return (this.#pointerEvents ??= this.#computed.pointerEvents); }
  get position() { return (this.#position ??= this.#computed.position); }
  get textIndent() { return (this.#textIndent ??= this.#computed.textIndent); }
  get transform() { return (this.#transform ??= this.#computed.transform); }
  get visibility() { return (this.#visibility ??= this.#computed.visibility); }
  get webkitTextFillColor() { return (this.#webkitTextFillColor ??= this.#computed.webkitTextFillColor); }
  get willChange() { return (this.#willChange ??= this.#computed.willChange); }
  get zIndex() { return (this.#zIndex ??= this.#computed.zIndex); }
}
