// What a test asks a page. Each probe gives plain data back: names, sizes, lists.
(() => {
  const drawn = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });

  // A short selector that a person can paste in the browser's console.
  const name = (element) => {
    const parts = [];
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      if (one.id) { parts.unshift(`#${CSS.escape(one.id)}`); break; } // an id may begin with a figure
      const twins = [...one.parentElement.children].filter((other) => other.tagName === one.tagName);
      const place = twins.length > 1 ? `:nth-of-type(${twins.indexOf(one) + 1})` : "";
      parts.unshift(one.tagName.toLowerCase() + [...one.classList].map((word) => `.${word}`).join("") + place);
    }
    return parts.join(" > ");
  };

  const scrolls = (element) => {
    const { overflowX, overflowY } = getComputedStyle(element);
    const may = (word) => word === "auto" || word === "scroll";
    return (may(overflowX) && element.scrollWidth > element.clientWidth) ||
      (may(overflowY) && element.scrollHeight > element.clientHeight);
  };

  const texts = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      if (walker.currentNode.data.trim() && drawn(walker.currentNode.parentElement)) found.push(walker.currentNode);
    }
    return found;
  };

  // Out of sight on purpose: for screen readers, or for the keyboard before it arrives.
  const isAside = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const { clipPath, position } = getComputedStyle(one);
      if (one.matches(".evitement") || (position === "absolute" && (clipPath !== "none" || one.offsetWidth <= 1))) return true;
    }
    return false;
  };

  const stops = () => [...document.querySelectorAll("a[href], summary, button, input, select, [tabindex='0']")].filter(drawn);

  // The first ancestor that is more than a piece of a line.
  const block = (element) => {
    let one = element;
    while (["inline", "contents"].includes(getComputedStyle(one).display)) one = one.parentElement;
    return one;
  };

  const isScrolled = (element) => {
    for (let one = element; one && one !== document.documentElement; one = one.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(one).overflowX)) return true;
    }
    return false;
  };

  const isCut = (element) => {
    for (let one = element; one && one !== document.documentElement; one = one.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(one);
      if ([overflowX, overflowY].some((word) => ["auto", "scroll"].includes(word))) return false;
      const hides = [overflowX, overflowY].some((word) => ["hidden", "clip"].includes(word));
      if (hides && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)) return true;
    }
    return false;
  };

  const rects = (text, start, end) => {
    const range = document.createRange();
    range.setStart(text, start);
    range.setEnd(text, end);
    return [...range.getClientRects()];
  };
  // Word by word: the space at the end of a line of code hangs out of its box, and nobody misses it.
  const wordRects = (text) => [...text.data.matchAll(/\S+/g)]
    .flatMap((word) => rects(text, word.index, word.index + word[0].length));

  const leaves = (text) => {
    const box = block(text.parentElement).getBoundingClientRect();
    const free = !isScrolled(text.parentElement);
    const out = (rect) => (free && (rect.left < -1 || rect.right > innerWidth + 1)) ||
      rect.left < box.left - 1 || rect.right > box.right + 1 ||
      rect.top < box.top - rect.height / 2 || rect.bottom > box.bottom + rect.height / 2;
    return rects(text, 0, text.data.length).some(out) && wordRects(text).some(out);
  };

  const rgb = (text) => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { channels: [red, green, blue], alpha };
  };
  const luminance = ({ channels }) => {
    const [red, green, blue] = channels.map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour.alpha === 1) return colour;
    }
    return { channels: [255, 255, 255], alpha: 1 };
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  // The ring lies outside its element: a box that scrolls or hides may cut it on every side.
  const ringIsCut = (element, reach) => {
    const rect = element.getClientRects()[0];
    const sides = [rect.left - reach, rect.top - reach, rect.right + reach, rect.bottom + reach];
    const cut = [false, false, false, false];
    for (let one = element.parentElement; one && one !== document.documentElement; one = one.parentElement) {
      if (getComputedStyle(one).overflow === "visible") continue;
      const box = one.getBoundingClientRect();
      [sides[0] < box.left, sides[1] < box.top, sides[2] > box.right, sides[3] > box.bottom]
        .forEach((is, side) => { cut[side] ||= is; });
    }
    return cut.every(Boolean);
  };

  // The part of an element that is on screen, and whether it is the element that one would see and touch there.
  const isSeen = (element) => [...element.getClientRects()].some((rect) => {
    const left = Math.max(rect.left, 0), right = Math.min(rect.right, innerWidth);
    const top = Math.max(rect.top, 0), bottom = Math.min(rect.bottom, innerHeight);
    if (right - left < 1 || bottom - top < 1) return false;
    const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return there !== null && (element.contains(there) || there.contains(element));
  });

  globalThis.probes = {
    openFolds: () => {
      document.querySelectorAll("details:not([open]) > summary").forEach((summary) => summary.click());
      return document.querySelectorAll("details:not([open])").length;
    },

    // Text that leaves the window or the box that should hold it and cannot be scrolled to; text that is cut.
    spilled: () => texts(document.body).filter((text) => !isAside(text.parentElement))
      .filter((text) => isCut(text.parentElement) || leaves(text))
      .map((text) => `${name(text.parentElement)} « ${text.data.trim().slice(0, 40)} »`),

    // Where the keyboard should stop, in the order of the document.
    stops: () => stops().map(name),
    unreachable: () => [...document.querySelectorAll("main *, nav *, nav, pre")]
      .filter((element) => drawn(element) && scrolls(element) && element.tabIndex < 0 && !element.querySelector("a[href]"))
      .map(name),

    focused: () => {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      const style = getComputedStyle(element);
      const width = parseFloat(style.outlineWidth);
      return {
        name: name(element),
        seen: isSeen(element),
        ring: style.outlineStyle !== "none" && width >= 2 && !ringIsCut(element, width + parseFloat(style.outlineOffset)),
        contrast: contrast(rgb(style.outlineColor), ground(element.parentElement)),
      };
    },

    // The folds that one can see, opened from the outside in: what each showed when closed, open, and closed again.
    folds: () => [...document.querySelectorAll("details > summary")].filter(drawn).map(name),
    content: (summary) => {
      const fold = document.querySelector(summary).parentElement;
      const shown = [...fold.children].filter((child) => child.tagName !== "SUMMARY" && drawn(child));
      return { open: fold.open, shown: shown.some((child) => child.getBoundingClientRect().height > 0) };
    },

    links: () => [...document.querySelectorAll("a[href]")].filter((link) => drawn(link) && !isAside(link))
      .map((link) => ({ name: name(link), href: link.getAttribute("href") })),
    targetIsSeen: () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (!target) return false;
      const { top, bottom } = target.getBoundingClientRect();
      return top < innerHeight && bottom > 0 && drawn(target);
    },

    // Names the first and the last words of each figure, each row and each head of a table by a link, which a PDF keeps
    // with its sheet; a head that is repeated is named on every sheet.
    markForPaper: (place) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("a.marque-papier::before, a.marque-papier::after { content: none !important }");
      document.adoptedStyleSheets.push(sheet);
      const mark = (text, label) => {
        const link = document.createElement("a");
        link.className = "marque-papier";
        link.href = place + label;
        text.replaceWith(link);
        link.append(text);
      };
      const shown = (selector) => [...document.querySelectorAll(selector)].filter(drawn);
      const names = [];
      shown("figure").forEach((figure, number) => {
        const words = texts(figure);
        names.push(name(figure));
        mark(words[0], `figure/${number}/debut`);
        mark(words.at(-1), `figure/${number}/fin`);
      });
      shown("table").forEach((table, number) => {
        const rows = [["tete", table.tHead], ...[...table.tBodies].flatMap((body) => [...body.rows]).map((row) => ["ligne", row])];
        for (const [part, row] of rows) {
          const words = row ? texts(row) : [];
          if (words.length) {
            mark(words[0], `table/${number}/${part}`);
            if (words.length > 1) mark(words.at(-1), `table/${number}/${part}`);
          }
        }
      });
      return names;
    },
  };
})();
