"use strict";
(() => {
  const $ = (q, e = document) => e.querySelector(q), $$ = (q, e = document) => [...e.querySelectorAll(q)];
  const svg = (name, attributes, text) => {
    const e = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const k in attributes) e.setAttribute(k, attributes[k]);
    if (text) e.textContent = text;
    return e;
  };
  const button = (text, label, act) => {
    const b = document.createElement("button");
    b.type = "button"; b.textContent = text;
    if (label) b.setAttribute("aria-label", label);
    b.addEventListener("click", act);
    return b;
  };
  const root = document.documentElement, tip = $("#tip");

  // The theme that was chosen is kept where the browser allows it.
  const theme = $(".theme");
  const dark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const name = () => { theme.textContent = dark() ? "Light" : "Dark"; theme.setAttribute("aria-label", "Show in " + (dark() ? "light" : "dark") + " colours"); };
  try { const kept = localStorage.getItem("gilcourse-theme"); if (kept === "dark" || kept === "light") root.dataset.theme = kept; } catch { /* not kept */ }
  if (theme) {
    name(); theme.hidden = false;
    theme.addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark"; name();
      try { localStorage.setItem("gilcourse-theme", root.dataset.theme); } catch { /* not kept */ }
    });
  }

  // A link opens what is folded around its end; print shows all.
  const reveal = () => {
    for (let e = document.getElementById(decodeURIComponent(location.hash.slice(1))); e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
  };
  addEventListener("hashchange", reveal); reveal();
  addEventListener("beforeprint", () => $$("details").forEach(d => { d.dataset.was = d.open ? "1" : ""; d.open = true; }));
  addEventListener("afterprint", () => $$("details").forEach(d => { d.open = d.dataset.was === "1"; }));

  const data = $("#data") ? JSON.parse($("#data").textContent) || [] : [];
  const span = t => t >= 10000 ? (t / 10000).toFixed(2) + " s" : (t / 10).toFixed(t < 1000 ? 1 : 0) + " ms";
  const states = ["computing", "waiting for a core", "asleep on the GIL or a lock", "waiting for I/O", "asleep"];

  // A figure is some pictures over one stretch of time, from its view's begin to its end.
  class Figure {
    constructor(element) {
      this.element = element;
      this.data = data[+element.dataset.figure];
      this.length = Math.max(1, this.data.length);
      this.view = [0, this.length];
      this.at = null; this.lane = 0;
      element.classList.add("live");
      this.pictures = $$(".picture", element);
      this.lanes = this.pictures.flatMap((p, n) => $$(".task", p).map(e => ({ element: e, data: this.data.pictures[n].lanes[+e.dataset.lane].data, name: this.data.pictures[n].lanes[+e.dataset.lane].name, picture: n })));
      this.tools();
      for (const p of this.pictures) this.listen(p);
      element.addEventListener("keydown", e => this.key(e));
      element.addEventListener("blur", () => this.leave());
      new ResizeObserver(() => { this.fit(); this.ticks(); }).observe(element);
    }
    // A name is shown where it has room.
    fit() {
      for (const m of $$(".stretch", this.element)) {
        const text = $("text", m), width = parseFloat(m.getAttribute("width")) / 100 * m.ownerSVGElement.clientWidth;
        text.classList.toggle("tight", width < 7 * text.textContent.length + 8);
      }
    }
    tools() {
      const bar = document.createElement("div");
      bar.className = "tools";
      bar.append(button("−", "Zoom out", () => this.zoom(1.6)), button("+", "Zoom in", () => this.zoom(1 / 1.6)), button("All", "Show the whole stretch", () => this.show(0, this.length)));
      const marks = $$(".stretch", this.pictures[0]), few = new Set(marks.map(m => $("text", m).textContent)).size <= 4;
      for (const m of few ? marks : []) {
        const from = +m.dataset.from, to = +m.dataset.to, room = (to - from) * 0.08;
        const known = [...bar.children].some(b => b.textContent === $("text", m).textContent);
        if (!known) bar.append(button($("text", m).textContent, "Zoom to " + $("text", m).textContent, () => this.show(from - room, to + room)));
      }
      this.element.insertBefore(bar, $(".picture", this.element));
    }
    track(p) { return $(".time", p).getBoundingClientRect(); }
    time(p, x) {
      const r = this.track(p);
      return this.view[0] + Math.min(1, Math.max(0, (x - r.left) / r.width)) * (this.view[1] - this.view[0]);
    }
    listen(p) {
      let from = null;
      const brush = document.createElement("div"), cursor = document.createElement("div");
      brush.className = "brush"; cursor.className = "cursor"; brush.hidden = cursor.hidden = true;
      p.append(brush, cursor);
      p.cursor = cursor;
      const place = (e, left, right) => {
        const r = this.track(p), own = p.getBoundingClientRect();
        left = Math.max(left, r.left); right = Math.min(right, r.right);
        e.style.left = left - own.left + "px";
        if (e === brush) e.style.width = Math.max(0, right - left) + "px";
      };
      p.place = t => { const r = this.track(p), x = r.left + (t - this.view[0]) / (this.view[1] - this.view[0]) * r.width; place(cursor, x, x); return x; };
      p.addEventListener("pointerdown", e => { if (e.button === 0 && e.pointerType === "mouse" && e.clientX >= this.track(p).left) { from = e.clientX; p.setPointerCapture(e.pointerId); } });
      const point = e => {
        if (from !== null && Math.abs(e.clientX - from) > 4) { brush.hidden = false; place(brush, Math.min(from, e.clientX), Math.max(from, e.clientX)); }
        const lane = document.elementsFromPoint(e.clientX, e.clientY).map(x => x.closest(".lane")).find(x => x && p.contains(x));
        if (!lane || e.clientX < this.track(p).left) return this.leave();
        this.tell(p, this.time(p, e.clientX), lane, e.clientX, e.clientY);
      };
      p.addEventListener("pointermove", point);
      p.addEventListener("pointerdown", e => { if (e.pointerType !== "mouse") point(e); });
      p.addEventListener("pointerup", e => {
        if (from !== null && !brush.hidden) { const a = this.time(p, Math.min(from, e.clientX)), b = this.time(p, Math.max(from, e.clientX)); this.show(a, b); }
        brush.hidden = true; from = null;
      });
      p.addEventListener("pointercancel", () => { brush.hidden = true; from = null; });
      p.addEventListener("pointerleave", () => this.leave());
      p.addEventListener("dblclick", () => this.show(0, this.length));
    }
    step(d, t) {
      if (!d || !d.length) return null;
      let at = d[0];
      if (t < at) return null;
      for (let i = 1; i < d.length; i += 6) {
        if (t < at + d[i]) return { from: at, to: at + d[i], shares: d.slice(i + 1, i + 5), wakes: d[i + 5] };
        at += d[i];
      }
      return null;
    }
    words(lane, t) {
      const s = this.step(lane.data, t);
      if (!s) return lane.name + " at " + span(t) + "\nnot there";
      const shares = [...s.shares, Math.max(0, 100 - s.shares.reduce((a, b) => a + b, 0))];
      const lines = shares.map((v, i) => [v, states[i]]).filter(x => x[0] > 0).sort((a, b) => b[0] - a[0]).map(x => x[0] + " % " + x[1]);
      return lane.name + " at " + span(t) + "\n" + lines.join("\n") + "\nwas given a core " + s.wakes + " times a second";
    }
    tell(p, t, element, x, y) {
      const n = this.pictures.indexOf(p), lane = this.lanes.find(l => l.element === element);
      $$(".lane.on", this.element).forEach(l => l.classList.remove("on"));
      let text;
      if (lane) { element.classList.add("on"); text = this.words(lane, t); } else {
        const on = this.lanes.filter(l => l.picture === n).map(l => this.step(l.data, t)).filter(Boolean);
        const sum = i => (on.reduce((a, s) => a + s.shares[i], 0) / 100).toFixed(1);
        text = "at " + span(t) + "\n" + sum(0) + " cores in use\n" + sum(1) + " more were wanted";
        const under = this.data.pictures[n].requests;
        if (under) { let k = 0; for (const [at, v] of under) if (at <= t) k = v; text += "\n" + k + " requests under way"; }
      }
      for (const q of this.pictures) { q.cursor.hidden = false; q.place(t); }
      tip.textContent = text; tip.hidden = false;
      const w = tip.offsetWidth, h = tip.offsetHeight;
      tip.style.left = Math.max(8, Math.min(innerWidth - w - 8, x + 14)) + "px";
      tip.style.top = (y + 18 + h > innerHeight ? Math.max(8, y - h - 14) : y + 18) + "px";
    }
    leave() { tip.hidden = true; $$(".lane.on", this.element).forEach(l => l.classList.remove("on")); for (const p of this.pictures) p.cursor.hidden = true; }
    zoom(by) {
      const [a, b] = this.view, middle = this.at === null ? (a + b) / 2 : this.at, half = (b - a) * by / 2;
      this.show(middle - half, middle + half);
    }
    show(from, to) {
      const least = Math.min(this.length, 50);
      if (to - from < least) { const m = (from + to) / 2; from = m - least / 2; to = m + least / 2; }
      const width = Math.min(this.length, to - from);
      from = Math.max(0, Math.min(from, this.length - width));
      this.view = [from, from + width];
      for (const t of $$(".time", this.element)) t.setAttribute("viewBox", from + " 0 " + width + " 100");
      for (const m of $$(".stretch", this.element)) {
        const a = Math.max(0, (m.dataset.from - from) / width), b = Math.min(1, (m.dataset.to - from) / width);
        m.setAttribute("x", a * 100 + "%"); m.setAttribute("width", Math.max(0, b - a) * 100 + "%");
      }
      this.ticks();
      this.fit();
      this.leave();
    }
    ticks() {
      const axis = $(".ticks", this.element), [from, to] = this.view, width = to - from, most = Math.max(2, Math.min(8, axis.clientWidth / 80));
      const ten = 10 ** Math.floor(Math.log10(width / most)), by = [1, 2, 5, 10].map(n => n * ten).find(n => n >= width / most);
      axis.replaceChildren();
      for (let t = Math.ceil(from / by) * by; t < from + width * 0.96; t += by) {
        const one = svg("svg", { x: (t - from) / width * 100 + "%", overflow: "visible" });
        one.append(svg("path", { d: "M0 0V5" }), svg("text", { x: 3, y: 16 }, t === 0 ? "0" : by >= 1000 ? +(t / 10000).toFixed(2) + " s" : +(t / 10).toFixed(2) + " ms"));
        axis.append(one);
      }
    }
    key(e) {
      if (e.target !== this.element || e.ctrlKey || e.metaKey || e.altKey) return;
      const width = this.view[1] - this.view[0], move = { ArrowLeft: -1, ArrowRight: 1 }[e.key], other = { ArrowUp: -1, ArrowDown: 1 }[e.key];
      if (e.key === "+" || e.key === "=") this.zoom(1 / 1.6);
      else if (e.key === "-") this.zoom(1.6);
      else if (e.key === "0" || e.key === "Escape") { this.at = null; this.show(0, this.length); }
      else if (move || other) {
        this.at = this.at === null ? (this.view[0] + this.view[1]) / 2 : Math.max(0, Math.min(this.length, this.at + (move || 0) * width / 40));
        this.lane = Math.max(0, Math.min(this.lanes.length - 1, this.lane + (other || 0)));
        if (this.at < this.view[0]) this.show(this.at, this.at + width); else if (this.at > this.view[1]) this.show(this.at - width, this.at);
        const l = this.lanes[this.lane];
        if (l) { const r = l.element.getBoundingClientRect(), p = this.pictures[l.picture]; this.tell(p, this.at, l.element, p.place(this.at), r.bottom); }
      } else return;
      e.preventDefault();
    }
  }
  $$(".figure").forEach(e => { new Figure(e); });

  // Several figures of a challenge become tabs.
  $$(".figures").forEach((box, n) => {
    const figures = $$(".figure", box);
    if (figures.length < 2) return;
    const list = document.createElement("div");
    list.className = "tabs"; list.setAttribute("role", "tablist"); list.setAttribute("aria-label", "What was drawn");
    const tabs = figures.map((f, i) => {
      const t = button($("h4", f).textContent, "", () => choose(i));
      t.setAttribute("role", "tab"); t.id = "tab-" + n + "-" + i;
      f.id = "figure-" + n + "-" + i; t.setAttribute("aria-controls", f.id); f.setAttribute("role", "tabpanel");
      list.append(t);
      return t;
    });
    const choose = i => figures.forEach((f, k) => {
      f.hidden = k !== i; tabs[k].setAttribute("aria-selected", k === i); tabs[k].tabIndex = k === i ? 0 : -1;
    });
    list.addEventListener("keydown", e => {
      const move = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (!move) return;
      const next = (tabs.indexOf(document.activeElement) + move + tabs.length) % tabs.length;
      choose(next); tabs[next].focus(); e.preventDefault();
    });
    box.before(list);
    choose(Math.max(0, figures.findIndex(f => "start" in f.dataset)));
  });

  // The matrix of learners and checks can be sorted by any column, and filtered.
  $$(".matrix").forEach(table => {
    const body = table.tBodies[0], rows = [...body.rows], heads = [...$$("thead tr", table).at(-1).cells];
    const key = (row, i) => row.cells[i].dataset.sort ?? row.cells[i].textContent;
    heads.forEach((h, i) => {
      const b = button(h.textContent, "", () => {
        const up = h.getAttribute("aria-sort") !== "ascending";
        heads.forEach(o => o.setAttribute("aria-sort", "none"));
        h.setAttribute("aria-sort", up ? "ascending" : "descending");
        rows.sort((x, y) => key(x, i).localeCompare(key(y, i), undefined, { numeric: true, sensitivity: "base" }) * (up ? 1 : -1));
        body.append(...rows);
      });
      h.replaceChildren(b);
    });
    const filters = $(".filters"), find = $(".find"), only = $(".only"), fails = $(".fails"), count = $(".count");
    filters.hidden = false;
    const show = () => {
      let n = 0;
      for (const r of rows) {
        const cell = fails.value === "" ? null : r.cells[3 + +fails.value].dataset.sort;
        r.hidden = !r.cells[0].textContent.toLowerCase().includes(find.value.trim().toLowerCase()) || only.value !== "" && r.dataset.verdict !== only.value || cell === "pass" || cell === "";
        if (!r.hidden) n++;
      }
      count.textContent = n + " of " + rows.length;
    };
    for (const e of [find, only, fails]) e.addEventListener("input", show);
    show();
  });

  // A page that a server shows loads itself again after the next check.
  if (root.dataset.reload) {
    let last = null;
    setInterval(async () => {
      try {
        const now = await (await fetch(root.dataset.reload, { cache: "no-store" })).text();
        if (last !== null && now !== last) location.reload();
        last = now;
      } catch { /* the server has ended */ }
    }, 1000);
  }
})();
