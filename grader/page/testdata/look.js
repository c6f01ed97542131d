// What a person would stumble over on a page: texts that lie on each other, a page
// that is wider than the window, texts that can hardly be read.
(async () => {
  // What follows a change of the size or the theme is done in the next frame.
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  const known = {};
  const rgba = color => {
    if (!known[color]) {
      ctx.clearRect(0, 0, 1, 1); ctx.fillStyle = color; ctx.fillRect(0, 0, 1, 1);
      const d = ctx.getImageData(0, 0, 1, 1).data;
      known[color] = [d[0], d[1], d[2], d[3] / 255];
    }
    return known[color];
  };
  const over = (top, below) => top.slice(0, 3).map((v, i) => v * top[3] + below[i] * (1 - top[3]));
  const ground = e => {
    const layers = [];
    for (; e; e = e.parentElement) {
      const c = rgba(getComputedStyle(e).backgroundColor);
      if (c[3] > 0) layers.push(c);
      if (c[3] >= 0.999) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const light = c => {
    const [r, g, b] = c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };

  const clip = (rect, e) => {
    let { left, top, right, bottom } = rect;
    for (; e && e !== document.body; e = e.parentElement) {
      const s = getComputedStyle(e);
      if (s.overflowX !== "visible" || s.overflowY !== "visible") {
        const r = e.getBoundingClientRect();
        left = Math.max(left, r.left); top = Math.max(top, r.top); right = Math.min(right, r.right); bottom = Math.min(bottom, r.bottom);
      }
      if (s.position === "fixed") break;
    }
    return { left, top, right, bottom };
  };
  const texts = [], faint = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || ["SCRIPT", "STYLE", "TITLE", "title"].includes(e.tagName) || e.closest(".unseen, .skip") || !e.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(n);
    let seen = false;
    for (const r of range.getClientRects()) {
      const c = clip(r, e);
      if (c.right - c.left > 1 && c.bottom - c.top > 1) { texts.push({ ...c, e, text: n.data.trim().slice(0, 40) }); seen = true; }
    }
    if (!seen) continue;
    const s = getComputedStyle(e), size = parseFloat(s.fontSize), own = e.ownerSVGElement ? s.fill : s.color;
    const below = ground(e), top = rgba(own);
    const need = size >= 24 || size >= 18.66 && +s.fontWeight >= 700 ? 3 : 4.5, got = contrast(over(top, below), below);
    if (got < need) faint.push(n.data.trim().slice(0, 40) + " has " + got.toFixed(2) + " in " + (e.className.baseVal ?? e.className) + ", " + own);
  }
  texts.sort((a, b) => a.top - b.top);
  const overlaps = [];
  texts.forEach((a, i) => {
    for (let k = i + 1; k < texts.length && texts[k].top < a.bottom - 3; k++) {
      const b = texts[k];
      if (a.e === b.e || Math.min(a.right, b.right) - Math.max(a.left, b.left) <= 2 || Math.min(a.bottom, b.bottom) - b.top <= 3) continue;
      overlaps.push(a.text + " | " + b.text);
    }
  });
  return {
    texts: texts.length, overlaps: overlaps.slice(0, 8), faint: [...new Set(faint)].slice(0, 8),
    wide: [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".wide, .code, svg, .unseen, .skip, .tallies")).map(e => e.tagName + "." + e.className).slice(0, 5),
    width: document.documentElement.scrollWidth, window: innerWidth,
    pwned: String(window.pwned), scripts: document.querySelectorAll("script").length,
    odd: [...document.querySelectorAll("img, iframe, object, embed, form, base, [onerror], [onload], [onclick], [style]:not(.brush):not(.cursor):not(.tip)")].map(e => e.outerHTML.slice(0, 80)),
    links: [...document.querySelectorAll("[href]")].map(e => e.getAttribute("href")).filter(h => !h.startsWith("#") && h !== "data:,"),
  };
})()
