// A citation mark leads to its source, the source's number back to its mark: scroll there and move the focus.
(() => {
  const anchor = /^#(?:src|ref)-\d+-\d+$/;
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");

  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!link || !anchor.test(link.hash)) return;
    const target = document.getElementById(link.hash.slice(1));
    if (!target) return;
    event.preventDefault();
    const folded = target.closest("details");
    if (folded) folded.open = true;
    target.scrollIntoView({ block: "center", behavior: still.matches ? "auto" : "smooth" });
    target.focus({ preventScroll: true });
  });
})();

(() => {
  let shown = "";

  // Gradio names each message by its HTML source, which a screen reader would read out: its text is name enough.
  const unname = (chat) => {
    for (const message of chat.querySelectorAll("[data-testid][aria-label]")) message.removeAttribute("aria-label");
  };

  // The latest question stays at the top while its answer comes in.
  const follow = (chat) => {
    const rows = [...chat.querySelectorAll(".message-row")];
    const text = rows.map((row) => row.textContent).join("\n");
    if (text === shown) return;
    shown = text;
    const last = rows.at(-1);
    const asked = rows.at(-2)?.matches(".user-row") && last.matches(".bot-row") ? rows.at(-2) : last;
    const view = chat.querySelector(".bubble-wrap");
    if (!asked) return;
    if (getComputedStyle(view).overflowY === "visible") asked.scrollIntoView({ block: "start" });
    else view.scrollTop += asked.getBoundingClientRect().top - view.getBoundingClientRect().top;
  };

  new MutationObserver(() => {
    const chat = document.getElementById("otr-chat");
    if (!chat) return;
    unname(chat);
    follow(chat);
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-label"] });
})();
