// All commands by name.

const COMMANDS = new Map(
  Object.entries({
    observe, stillThere, resolve, nodeSelectors, chain, describe, actionable, hit, landed, release, frameBox, fill, selectText, focus, blurActive,
    valueOf, isChecked, selectOption, optionParent, click, paste, scrollBy, scrollPosition, formFields, html, text,
    calm, watchDrag, dragBegun, toggleOption, document: aboutDocument, saveDocument, submissions, fieldFacts, fillSecret, secretBoxes,
    shownTexts, shownBoxes,
  }),
);
