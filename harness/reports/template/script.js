"use strict";
// A row: i id, k kind, t state, q question, g what graders said, a answer, d diff as [mark, [[text, changed]]],
// c dollars, s seconds, r and b pass rates now and before, n numbers of groups, m whether it must pass.
(() => {
  const PAGE = 50;
  const element = (name, css, text) => {
    const made = document.createElement(name);
    if (css) made.className = css;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const seconds = (s) => (s >= 1 ? s.toPrecision(3) + " s" : s >= 1e-3 ? (s * 1e3).toPrecision(3) + " ms" : "< 1 ms");
  const count = (n) => n.toLocaleString("en");

  function body(row) {
    const made = element("div", "body");
    const line = (key, text) => {
      const p = element("p");
      p.append(element("span", "key", key), text);
      made.append(p);
    };
    if (row.q) line("asked", row.q);
    if (row.a) line("answer", row.a);
    for (const said of row.g || []) line("verdict", said);
    if (row.d && row.d.length) {
      const diff = element("div", "diff");
      for (const [mark, pieces] of row.d) {
        const css = { "-": "old", "+": "new", "…": "gap" }[mark] || "";
        const div = element("div", css, mark + " ");
        for (const [text, changed] of pieces) div.append(changed ? element("b", "", text) : text);
        diff.append(div);
      }
      made.append(diff);
    }
    const figures = [];
    if (row.r !== undefined) {
      const before = row.b !== undefined ? Math.round(row.b * 1000) / 10 + " % → " : "";
      figures.push("passes " + before + Math.round(row.r * 1000) / 10 + " %");
    }
    if (row.s) figures.push(seconds(row.s) + " a trial");
    if (row.c !== undefined) figures.push("$" + row.c + " a trial");
    if (figures.length) line("took", figures.join(", "));
    return made;
  }

  function item(row) {
    const made = element("li");
    const details = element("details");
    const summary = element("summary");
    summary.append(element("i", "dot " + row.k), element("span", "id", row.i), element("span", "state", row.t));
    if (row.m) summary.append(element("span", "must", "must pass"));
    summary.append(element("span", "asked", row.q || ""));
    if (row.s) summary.append(element("span", "took", seconds(row.s)));
    details.append(summary);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(body(row));
    });
    made.append(details);
    return made;
  }

  function text(row) {
    if (row.text === undefined) {
      const said = (row.d || []).map(([, pieces]) => pieces.map(([piece]) => piece).join(""));
      row.text = [row.i, row.t, row.q, row.a, ...(row.g || []), ...said].join("\n").toLowerCase();
    }
    return row.text;
  }

  function list(panel) {
    const rows = JSON.parse(panel.querySelector(".data").textContent);
    const search = panel.querySelector("input");
    const buttons = [...panel.querySelectorAll("[data-kind]")];
    const group = panel.querySelector(".group");
    const sort = panel.querySelector(".sort");
    const into = panel.querySelector(".list");
    const more = panel.querySelector(".more");
    const found = panel.querySelector(".found");
    const way = (row) => (row.r === undefined || row.b === undefined ? "" : row.r < row.b ? "worse" : row.r > row.b ? "better" : "same");
    const often = { worse: "less often than", better: "more often than", same: "as often as" };
    let kind = panel.dataset.first;
    let moved = "";  // what a click on a circle chose
    let chosen = [];

    const show = (upTo) => {
      const from = into.children.length;
      into.append(...chosen.slice(from, upTo).map(item));
      const left = chosen.length - into.children.length;
      more.hidden = left <= 0;
      more.textContent = "Show " + count(Math.min(PAGE, left)) + " of " + count(left) + " more";
    };
    const apply = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const number = group && group.value !== "" ? Number(group.value) : null;
      const others = rows.filter(
        (row) =>
          (!moved || way(row) === moved) &&
          (number === null || (row.n || []).includes(number)) &&
          words.every((word) => text(row).includes(word))
      );
      chosen = kind ? others.filter((row) => row.k === kind) : others;
      const by = sort.value;
      if (by === "i") chosen = [...chosen].sort((a, b) => a.i.localeCompare(b.i, "en", { numeric: true }));
      else if (by) chosen = [...chosen].sort((a, b) => (b[by] || 0) - (a[by] || 0));
      const counts = {};
      for (const row of others) counts[row.k] = (counts[row.k] || 0) + 1;
      for (const button of buttons) {
        const own = button.dataset.kind;
        button.setAttribute("aria-pressed", String(own === kind));
        button.querySelector("b").textContent = count(own ? counts[own] || 0 : others.length);
      }
      found.textContent = count(chosen.length) + " of " + count(rows.length) + " cases" +
        (moved ? ", those that pass " + often[moved] + " in the baseline" : "");
      into.replaceChildren();
      show(PAGE);
    };
    const only = (which, direction) => {
      kind = which;
      moved = direction || "";
      apply();
    };
    let waiting = 0;
    search.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(apply, rows.length > 2000 ? 120 : 0);
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        search.value = "";
        apply();
      }
    });
    for (const button of buttons) button.addEventListener("click", () => only(button.dataset.kind));
    for (const select of [group, sort]) if (select) select.addEventListener("change", apply);
    more.addEventListener("click", () => {
      const at = into.children.length;
      show(at + PAGE);
      into.children[at].querySelector("summary").focus();
    });
    const suite = panel.closest(".suite");
    for (const circle of suite.querySelectorAll("[data-only]"))
      circle.addEventListener("click", () => {
        only("", circle.dataset.only);
        panel.scrollIntoView();
      });
    addEventListener("beforeprint", () => {
      show(Math.max(into.children.length, 500));
      if (kind) for (const details of into.querySelectorAll("details")) {
        if (details.children.length === 1) details.append(body(chosen[[...into.children].indexOf(details.parentNode)]));
        details.open = true;
      }
    });
    apply();
    return search;
  }

  const searches = [...document.querySelectorAll(".cases")].map(list);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/INPUT|SELECT/.test(event.target.tagName)) {
      const near = searches.find((search) => search.getBoundingClientRect().top > 0) || searches[0];
      if (near) near.focus();
      event.preventDefault();
    }
  });

  const theme = document.getElementById("theme");
  const order = ["system", "dark", "light"];
  const kept = {
    get: () => { try { return localStorage.getItem("harness-theme"); } catch { return null; } },
    set: (value) => { try { localStorage.setItem("harness-theme", value); } catch { /* a file without storage */ } },
  };
  const wear = (name) => {
    if (name === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = name;
    theme.textContent = "Theme: " + name;
  };
  let worn = order.includes(kept.get()) ? kept.get() : "system";
  wear(worn);
  theme.addEventListener("click", () => {
    worn = order[(order.indexOf(worn) + 1) % order.length];
    wear(worn);
    kept.set(worn);
  });
  document.getElementById("print").addEventListener("click", () => print());
})();
