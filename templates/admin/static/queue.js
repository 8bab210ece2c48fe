// Moving through the list by keys, as an extra: links, boxes and buttons work without. The keys do something
// only while the focus is inside the list, so that they never get into the way of a screen reader or of typing.
"use strict";
{
  const list = document.querySelector("[data-list]");
  const links = list ? [...list.querySelectorAll("a.handle")] : [];
  const at = () => links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const go = (place) => links[Math.min(Math.max(place, 0), links.length - 1)].focus();
  const steps = {
    j: () => go(at() + 1),
    k: () => go(at() - 1),
    o: () => links[at()]?.click(),
    x: () => links[at()]?.closest("tr").querySelector("input[type=checkbox]")?.click(),
  };
  if (links.length) {
    document.querySelector(".keys").hidden = false;
    list.addEventListener("keydown", (event) => {
      const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
      if (step) {
        event.preventDefault();
        step();
      }
    });
  }
}
