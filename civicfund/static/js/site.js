// Small comforts. Every page works without this file.
"use strict";

// A form is sent once: a second press within five seconds goes nowhere. The server refuses doubles in any case.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 5000);
});

// Back from the next page: forms may be sent again.
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// What went wrong is read first.
document.querySelector("[data-focus]")?.focus();

// Buttons that only a script can serve are shown only where there is one.
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});

if (navigator.clipboard) {
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const label = button.querySelector(".button__label");
    const words = label.textContent;
    button.hidden = false;
    label.setAttribute("aria-live", "polite");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
      label.textContent = button.dataset.copied;
      setTimeout(() => { label.textContent = words; }, 3000);
    });
  });
}

// Menus close with Escape and when the reader turns elsewhere.
const menus = ".site-menu[open], .account[open]";
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll(menus).forEach((menu) => {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  });
});
document.addEventListener("click", (event) => {
  document.querySelectorAll(menus).forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// Text boxes grow with the text where the style sheet cannot do it (field-sizing).
if (!CSS.supports("field-sizing", "content")) {
  const grow = (area) => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  };
  document.querySelectorAll("textarea[data-autosize]").forEach((area) => {
    grow(area);
    area.addEventListener("input", () => grow(area));
  });
}
