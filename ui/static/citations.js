// A citation mark shows the quoted words when pointed at or focused, and opens its source when pressed: beside the
// answer, or on a phone in a drawer under it. The source leads back to the mark, and on to the next citation.
(() => {
  const source = /^#src-(\d+)-\d+$/;
  const back = /^#ref-\d+-\d+$/;
  let opened = null;
  const at = (hash) => document.getElementById(hash.slice(1));
  const marks = (hash) => [...document.querySelectorAll(`#otr-chat a.otr-cite[href="${hash}"]`)];
  const behavior = () => (window.otr.still.matches ? "auto" : "smooth");

  const light = (hash) => {
    for (const lit of document.querySelectorAll(".otr-lit")) lit.classList.remove("otr-lit");
    at(hash)?.classList.add("otr-lit");
    for (const mark of marks(hash)) mark.classList.add("otr-lit");
  };

  // The claim stays in sight above the drawer.
  const uncover = (mark) => {
    const drawer = document.getElementById("otr-side");
    const part = mark.closest(".otr-part, li") || mark;
    const limit = drawer.getBoundingClientRect().top - 12;
    const place = part.getBoundingClientRect();
    if (place.bottom > limit || place.top < 0) {
      const top = place.height < limit - 12 ? place.bottom - limit : mark.getBoundingClientRect().bottom - limit;
      window.scrollBy({ top, behavior: "auto" });
    }
  };

  const open = (hash, mark) => {
    const target = at(hash);
    if (!target) return;
    const turn = target.closest(".otr-turn");
    for (const other of document.querySelectorAll(".otr-turn")) other.classList.toggle("otr-on", other === turn);
    light(hash);
    document.body.classList.add("otr-open");
    opened = mark || marks(hash)[0] || opened;
    const side = document.getElementById("otr-side");
    if (window.otr.narrow.matches) {
      side.scrollTop += target.getBoundingClientRect().top - side.getBoundingClientRect().top - 52;
      if (opened) uncover(opened);
    } else {
      const [view, place] = [side.getBoundingClientRect(), target.getBoundingClientRect()];
      const seen = place.top >= view.top + 36 && place.bottom <= view.bottom;
      if (!seen) side.scrollTo({ top: side.scrollTop + place.top - view.top - 36, behavior: behavior() });
    }
    target.focus({ preventScroll: true });
  };

  const close = () => {
    if (!document.body.classList.contains("otr-open")) return;
    document.body.classList.remove("otr-open");
    opened?.focus({ preventScroll: !window.otr.narrow.matches });
  };

  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const pressed = event.target instanceof Element ? event.target.closest("a[href], .otr-close") : null;
    if (!pressed) return;
    if (pressed.matches(".otr-close")) return close();
    if (source.test(pressed.hash)) {
      event.preventDefault();
      hide();
      open(pressed.hash, pressed.matches(".otr-cite") ? pressed : null);
    } else if (back.test(pressed.hash)) {
      event.preventDefault();
      const mark = at(pressed.hash);
      document.body.classList.remove("otr-open");
      mark?.scrollIntoView({ block: "center", behavior: behavior() });
      mark?.focus({ preventScroll: true });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (peek && !peek.hidden) hide();
    else close();
  });

  // The quoted words at a glance
  let peek = null;
  let late = 0;
  const hide = () => {
    clearTimeout(late);
    if (peek) peek.hidden = true;
  };
  const show = (mark) => {
    const from = at(mark.hash);
    const words = from?.querySelector("mark");
    if (!words) return;
    if (!peek) {
      peek = document.createElement("div");
      peek.id = "otr-peek";
      peek.setAttribute("role", "tooltip");
      peek.append(document.createElement("q"), document.createElement("p"));
      peek.firstChild.dir = "auto";
      (document.querySelector(".gradio-container") || document.body).append(peek);
    }
    peek.firstChild.textContent = words.textContent;
    peek.firstChild.className = words.className;
    peek.lastChild.textContent = [from.querySelector(".otr-title bdi"), from.querySelector(".otr-from")]
      .map((part) => part?.textContent).filter(Boolean).join(" · ");
    mark.setAttribute("aria-describedby", "otr-peek");
    peek.hidden = false;
    const place = mark.getBoundingClientRect();
    const box = peek.getBoundingClientRect();
    const above = place.top - box.height - 8;
    peek.style.left = `${Math.max(8, Math.min(place.left - 24, document.documentElement.clientWidth - box.width - 8))}px`;
    peek.style.top = `${above > 8 ? above : place.bottom + 8}px`;
  };
  const mark = (event) => (event.target instanceof Element ? event.target.closest("a.otr-cite") : null);
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const over = mark(event);
    if (over) {
      clearTimeout(late);
      show(over);
    } else if (peek && !peek.hidden && !peek.contains(event.target)) {
      clearTimeout(late);
      late = setTimeout(hide, 150);
    } else clearTimeout(late);
  });
  document.addEventListener("focusin", (event) => {
    const on = mark(event);
    if (on && on.matches(":focus-visible")) show(on);
    else hide();
  });
  document.addEventListener("scroll", hide, { capture: true, passive: true });
})();
