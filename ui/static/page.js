// What Gradio leaves to be done: sending presses in an answer to the server, keeping the latest question in
// view, telling a screen reader what came in. Citations and their panel are in citations.js.
Object.assign(window.otr, {
  bus: () => {},
  pressed: "",
  still: window.matchMedia("(prefers-reduced-motion: reduce)"),
  narrow: window.matchMedia("(max-width: 768px)"),

  focus(selector) {
    const found = document.querySelector(selector);
    if (found) found.focus();
  },

  // What opens under the box would open out of sight.
  reveal(id) {
    const opened = () => document.getElementById(id)?.scrollIntoView({ block: "nearest" });
    requestAnimationFrame(() => setTimeout(opened, 60));
  },

  // Plain http pages on a local network have no clipboard: there the text is left to be copied by hand.
  copy(text) {
    const done = () => window.otr.flash(window.otr.words.copied);
    if (text && navigator.clipboard) navigator.clipboard.writeText(text).then(done, () => {});
    return text;
  },

  link(address) {
    if (!address) return address;
    const page = window.location.origin + window.location.pathname;
    window.otr.reveal("otr-link");
    return window.otr.copy(new URL(address, page).href);
  },

  // After a press in an answer has been answered: the report form, or the marked place of a document.
  arrive() {
    requestAnimationFrame(() => setTimeout(() => {
      const form = document.getElementById("otr-report-h");
      const there = document.getElementById("otr-there") || document.getElementById("otr-document");
      if (form && window.otr.pressed.startsWith("wrong-")) {
        document.body.classList.add("otr-open");
        form.focus();
      } else if (there && there.offsetParent) {
        there.scrollIntoView({ block: there.id === "otr-there" ? "center" : "start" });
        there.focus({ preventScroll: true });
      } else if (window.otr.pressed.startsWith("only-")) window.otr.focus("#otr-box textarea");
      else if (document.querySelector("#otr-said:not(.hide)")?.offsetParent) window.scrollTo({ top: 0 });
    }, 60));
  },

  close() {
    document.body.classList.remove("otr-open");
  },

  // One live region for all that has to be said aloud.
  say(text) {
    let region = document.getElementById("otr-live");
    if (!region) {
      region = document.createElement("div");
      region.id = "otr-live";
      region.className = "otr-unseen";
      region.setAttribute("role", "log");
      region.setAttribute("aria-live", "polite");
      document.body.append(region);
    }
    const line = document.createElement("p");
    line.textContent = text;
    region.append(line);
    while (region.childElementCount > 8) region.firstChild.remove();
    return region;
  },

  // Said aloud, and for a moment to be seen.
  flash(text) {
    const region = window.otr.say(text);
    region.classList.add("otr-flash");
    clearTimeout(window.otr.flashing);
    window.otr.flashing = setTimeout(() => region.classList.remove("otr-flash"), 2500);
  },
});

document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const pressed = event.target instanceof Element ? event.target.closest('a[href^="#go-"], button.otr-ask') : null;
  if (!pressed) return;
  event.preventDefault();
  if (pressed.matches("button")) window.otr.bus("submit", { question: pressed.textContent });
  else {
    window.otr.pressed = pressed.getAttribute("href").slice(4);
    window.otr.bus("select", { go: window.otr.pressed });
  }
});

(() => {
  let shown = "";
  let asking = "";
  // By how they begin: a claim that moves into a card, or gets a button, is not told again.
  const told = new Set();

  // Gradio names each message by its HTML source and reads every change aloud: the text is name enough, and
  // each claim is told once, as it comes. Its list of examples holds no list items.
  const quieten = (chat) => {
    for (const message of chat.querySelectorAll("[data-testid][aria-label]")) message.removeAttribute("aria-label");
    for (const region of chat.querySelectorAll('[aria-live="polite"]')) region.setAttribute("aria-live", "off");
    for (const list of chat.querySelectorAll('.examples[role="list"]')) list.removeAttribute("role");
    // The chat's sanitiser lets a title through but no label; a title would pop up over the quoted words.
    for (const mark of chat.querySelectorAll("a.otr-cite[title]")) {
      mark.setAttribute("aria-label", mark.title);
      mark.removeAttribute("title");
    }
  };

  const tell = (answer) => {
    if (!answer) return;
    const parts = [...answer.querySelectorAll(".otr-part, .otr-refusal, .otr-foot")];
    for (const part of parts) {
      const words = part.textContent.replace(/\u2060/g, "");
      if (!told.has(words.slice(0, 60))) window.otr.say(words);
      told.add(words.slice(0, 60));
    }
  };

  // The latest question stays at the top while its answer comes in.
  const follow = (chat) => {
    const rows = [...chat.querySelectorAll(".message-row")];
    // Questions offered under an answer come later: they move nothing.
    const text = rows.map((row) => (row.querySelector(".otr-answer") || row).textContent).join("\n");
    if (text === shown) return;
    const questions = rows.filter((row) => row.matches(".user-row")).map((row) => row.textContent).join("\n");
    if (questions !== asking) told.clear();
    asking = questions;
    shown = text;
    document.body.classList.toggle("otr-talking", rows.length > 0);
    if (!rows.length) return;
    const last = rows.at(-1);
    const asked = rows.at(-2)?.matches(".user-row") && last.matches(".bot-row") ? rows.at(-2) : last;
    const view = chat.querySelector(".bubble-wrap");
    if (last.querySelector(".otr-working") && !last.querySelector(".otr-part")) told.clear();
    tell(last.querySelector(".otr-answer"));
    if (getComputedStyle(view).overflowY === "visible") asked.scrollIntoView({ block: "start" });
    else view.scrollTop += asked.getBoundingClientRect().top - view.getBoundingClientRect().top;
  };

  new MutationObserver(() => {
    const chat = document.getElementById("otr-chat");
    if (!chat) return;
    quieten(chat);
    follow(chat);
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-label"] });
})();
