"use strict";
// Draws the report from the JSON in #data. Text from articles goes into text nodes and attributes only, never
// through the HTML parser; the tests hold this file to it.
(() => {
  const DATA = JSON.parse(document.getElementById("data").textContent);
  const LABELS = ["support", "neutral", "oppose", "unsure"];
  const SAYS = { support: "supports", neutral: "is neutral toward", oppose: "opposes", unsure: "is unsure about" };
  const CELL = 10; // Numbers a cell: holder, target, period, outlet, four labels, articles, squares.
  const ANY = -1;
  const PAIRS_OVER_TIME = 6, TARGETS = 12, EDGES = 60, PAGE = 20;
  const WIDTH = 760, HEIGHT = 520, MARGIN = 70;
  const CELLS = {};
  for (const level in DATA.levels) CELLS[level] = Int32Array.from(DATA.levels[level].cells);

  const $ = (id) => document.getElementById(id);
  const form = $("filters");
  const hosts = new Map();
  let shown = PAGE;

  function element(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value !== null && value !== false) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child !== null));
    return node;
  }

  // ---- Numbers and words

  const plain = new Intl.NumberFormat("en").format;
  const signed = (value, digits = 2) => {
    const text = Math.abs(value).toFixed(digits);
    return Number(text) === 0 ? text : (value < 0 ? "−" : "+") + text;
  };
  const many = (count, one, other = one + "s") => `${plain(count)} ${count === 1 ? one : other}`;

  function period(index) {
    if (index < 0) return "undated";
    const day = new Date(DATA.periods.starts[index]);
    const { unit } = DATA.periods;
    if (unit === "year") return String(day.getUTCFullYear());
    if (unit === "quarter") return `Q${Math.floor(day.getUTCMonth() / 3) + 1} ${day.getUTCFullYear()}`;
    const parts = { month: "short", year: "numeric", timeZone: "UTC" };
    if (unit !== "month") parts.day = "numeric";
    return (unit === "week" ? "week of " : "") + day.toLocaleDateString("en-GB", parts);
  }

  function outlet(index) {
    return index < 0 ? "outlet not told" : DATA.outlets[index][0];
  }

  function label(level, key) {
    const [name, country] = DATA.keys[level][key];
    return level === "actors" && country && country !== name ? `${name} (${country})` : name;
  }

  // ---- Counts: as pipeline.aggregate.Counts and pipeline.intervals have them

  class Counts {
    constructor() { this.support = this.neutral = this.oppose = this.unsure = this.articles = this.squares = 0; }
    add(cells, at) {
      this.support += cells[at + 4];
      this.neutral += cells[at + 5];
      this.oppose += cells[at + 6];
      this.unsure += cells[at + 7];
      this.articles += cells[at + 8];
      this.squares += cells[at + 9];
    }
    get decided() { return this.support + this.neutral + this.oppose; }
    get sided() { return this.support + this.oppose; }
    get enough() { return this.decided >= DATA.minimum; }
    get net() { return this.decided ? (this.support - this.oppose) / this.decided : 0; }
    get interval() {
      if (!this.squares) return [-1, 1];
      const scale = this.decided / this.squares;
      const [supporting, opposing] = [this.support * scale + 0.5, this.oppose * scale + 0.5];
      const whole = this.decided * scale + 2;
      const net = (supporting - opposing) / whole;
      const half = (DATA.z * Math.sqrt(Math.max(0, supporting + opposing - whole * net * net))) / whole;
      return [Math.max(-1, net - half), Math.min(1, net + half)];
    }
    get sure() { const [low, high] = this.interval; return low > 0 || high < 0; }
    get sign() { return Math.sign(this.support - this.oppose); }
    told() {
      const [low, high] = this.interval;
      const unsure = this.unsure ? `, ${plain(this.unsure)} unsure` : "";
      const net = this.enough ? `Net stance ${signed(this.net)} (${signed(low)} to ${signed(high)}): ` : "";
      return `${net}${plain(this.support)} support, ${plain(this.neutral)} neutral, ${plain(this.oppose)} oppose${unsure}, in ${many(this.articles, "article")}`;
    }
  }

  // ---- What the reader chose

  function chosen() {
    const level = form.elements.level.value;
    const words = form.elements.actor.value.trim().toLocaleLowerCase("en");
    let matches = null;
    if (words) {
      matches = new Set();
      DATA.keys[level].forEach((_, key) => {
        if (label(level, key).toLocaleLowerCase("en").includes(words)) matches.add(key);
      });
    }
    const number = (name) => (form.elements[name].value === "" ? null : Number(form.elements[name].value));
    return { level, matches, from: number("from"), to: number("to"), outlet: number("outlet") };
  }

  const inTime = (choice, index) =>
    (choice.from === null && choice.to === null) ||
    (index >= 0 && (choice.from === null || index >= choice.from) && (choice.to === null || index <= choice.to));
  const inOutlet = (choice, index) => choice.outlet === null || choice.outlet === index;
  const matching = (choice, holder, target) =>
    !choice.matches || choice.matches.has(holder) || choice.matches.has(target);

  // Sums the cells that the reader chose. `pairs`: [{holder, target, counts, byPeriod}], most sided first.
  function sums(choice) {
    const cells = CELLS[choice.level];
    const found = { pairs: new Map(), targets: new Map(), outlets: new Map(), whole: new Counts() };
    const count = (map, key, at) => {
      if (!map.has(key)) map.set(key, new Counts());
      map.get(key).add(cells, at);
    };
    for (let at = 0; at < cells.length; at += CELL) {
      const [holder, target, when, where] = cells.subarray(at, at + 4);
      if (!inTime(choice, when) || !inOutlet(choice, where)) continue;
      if (holder !== ANY && target !== ANY) {
        if (!matching(choice, holder, target)) continue;
        const key = `${holder},${target}`;
        if (!found.pairs.has(key)) found.pairs.set(key, { holder, target, counts: new Counts(), byPeriod: new Map() });
        const pair = found.pairs.get(key);
        pair.counts.add(cells, at);
        if (when >= 0) count(pair.byPeriod, when, at);
        if (!choice.matches) continue;
        // With a name chosen there are no sums over all others: they are made of its pairs.
        count(found.targets, target, at);
        count(found.outlets, where, at);
        found.whole.add(cells, at);
      } else if (!choice.matches) {
        if (holder === ANY && target === ANY) {
          count(found.outlets, where, at);
          found.whole.add(cells, at);
        } else if (holder === ANY) count(found.targets, target, at);
      }
    }
    const bySided = (one, other) => other.counts.sided - one.counts.sided || other.counts.decided - one.counts.decided;
    return { ...found, pairs: [...found.pairs.values()].sort(bySided) };
  }

  function sentences(choice, test = () => true) {
    const [holder, target] = choice.level === "actors" ? [1, 2] : [3, 4];
    return DATA.sentences.filter((row) => {
      const article = DATA.articles[DATA.statements[row[0]][0]];
      return inTime(choice, article[5]) && inOutlet(choice, article[6]) &&
        (choice.level === "actors" || (row[3] >= 0 && row[4] >= 0 && row[3] !== row[4])) &&
        matching(choice, row[holder], row[target]) && test(row[holder], row[target], row);
    });
  }

  // ---- Quotations

  function quote(row) {
    const [statement, holder, target, , , ...rest] = row;
    const [holderStart, holderEnd, targetStart, targetEnd, stance, percent] = rest;
    const [articleIndex, text, kind, speakers] = DATA.statements[statement];
    const [id, title, source, published, url] = DATA.articles[articleIndex];
    const spans = [["holder", holderStart, holderEnd], ["target", targetStart, targetEnd]].filter((span) => span[1] >= 0);
    const edges = [...new Set([0, text.length, ...spans.flatMap(([, start, end]) => [start, end])])].sort((a, b) => a - b);
    const words = element("blockquote");
    edges.slice(0, -1).forEach((start, index) => {
      const roles = spans.filter(([, first, last]) => first <= start && start < last).map(([role]) => role);
      const piece = text.slice(start, edges[index + 1]);
      words.append(roles.length ? element("mark", { class: roles.join(" "), title: roles.join(" and ") }, piece) : piece);
    });
    const name = LABELS[stance];
    const said = kind === "narration" ? "" : ` – said by ${speakers}`;
    const heading = title || id;
    const link = url ? element("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, heading) : heading;
    return element("li", {},
      element("p", { class: "who" },
        element("b", {}, label("actors", holder)), " ",
        element("span", { class: `stance ${name}` }, SAYS[name]), " ",
        element("b", {}, label("actors", target)), ` (${percent} % sure)${said}`),
      words,
      element("cite", {}, link, [source, published].filter(Boolean).map((part) => ` · ${part}`).join("")));
  }

  function open(title, counts, rows) {
    $("evidence-title").textContent = title;
    $("evidence-counts").textContent = `${counts.told()}.`;
    const parts = [];
    for (const name of ["support", "oppose", "neutral", "unsure"]) {
      const some = rows.filter((row) => LABELS[row[9]] === name);
      if (!some.length) continue;
      const of = some.length < counts[name] ? `${plain(some.length)} of ${plain(counts[name])}, the surest` : plain(some.length);
      parts.push(element("h3", {}, `${SAYS[name][0].toUpperCase()}${SAYS[name].slice(1)} (${of})`));
      parts.push(element("ol", { class: "quotes" }, ...some.map(quote)));
    }
    if (!parts.length) parts.push(element("p", { class: "empty" }, "This page holds no sentence of this pair; the run’s tables do."));
    $("evidence-list").replaceChildren(...parts);
    $("evidence").showModal();
    $("evidence").scrollTop = 0;
    $("evidence-title").focus();
  }

  const openPair = (choice, pair) =>
    open(`${label(choice.level, pair.holder)} toward ${label(choice.level, pair.target)}`, pair.counts,
      sentences(choice, (holder, target) => holder === pair.holder && target === pair.target));
  const openTarget = (choice, key, counts) =>
    open(`Toward ${label(choice.level, key)}`, counts, sentences(choice, (_, target) => target === key));

  // ---- Charts

  // Draws rows by one of DATA.charts; the chart is made once and gets new rows from then on.
  async function draw(host, chart, rows, told, clicked) {
    host.setAttribute("role", "img");
    host.setAttribute("aria-label", told);
    if (!hosts.has(host)) {
      const spec = { ...DATA.charts[chart], datasets: { rows } };
      const options = { mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false, tooltip: tip, config: { aria: false } };
      const made = vegaEmbed(host, spec, options).then(({ view }) => {
        view.addEventListener("click", (_, item) => {
          const current = hosts.get(host).clicked;
          if (current && item && item.datum) current(item.datum);
        });
        return view;
      });
      hosts.set(host, { made, clicked });
      await made;
      return;
    }
    const known = hosts.get(host);
    known.clicked = clicked;
    const view = await known.made;
    await view.data("rows", rows).runAsync();
  }

  function tip(_, event, item, value) {
    const box = $("tip");
    box.hidden = value === null || value === undefined || value === "";
    if (box.hidden) return;
    box.textContent = typeof value === "object" ? Object.values(value).join("\n") : String(value);
    const { width, height } = box.getBoundingClientRect();
    box.style.left = `${Math.min(event.clientX + 12, innerWidth - width - 8)}px`;
    box.style.top = `${event.clientY + height + 20 > innerHeight ? event.clientY - height - 10 : event.clientY + 14}px`;
  }

  function table(id, caption, columns, rows) {
    const head = columns.map(([name, kind]) => element("th", { scope: "col", class: kind ?? null }, name));
    const body = rows.map((row) => element("tr", {},
      ...row.map((value, index) => element(index ? "td" : "th", { scope: index ? null : "row", class: columns[index][1] ?? null }, value))));
    $(id).replaceChildren(element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body)));
  }

  const COUNTED = [["net", "number"], ["95 % interval", "number"], ["support", "number"], ["neutral", "number"], ["oppose", "number"], ["articles", "number"]];
  const counted = (counts) => [
    counts.enough ? signed(counts.net) : "–",
    counts.enough ? counts.interval.map((end) => signed(end)).join(" to ") : "–",
    ...[counts.support, counts.neutral, counts.oppose, counts.articles].map(plain),
  ];
  const button = (text, told, act) => element("button", { type: "button", "aria-label": told, onclick: act }, text);
  const nothing = (text) => element("p", { class: "empty" }, text);

  // Shows the chart, or why there is none.
  function fill(id, tableId, empty, act) {
    const host = $(id);
    host.parentElement.querySelector(":scope > .empty")?.remove();
    host.hidden = Boolean(empty);
    $(tableId).parentElement.hidden = Boolean(empty);
    if (empty) host.before(nothing(empty));
    else act(host);
  }

  // A section's title says what stands out in it.
  function finding(name, text) {
    const title = $(`${name}-title`);
    title.textContent = text || title.dataset.otherwise;
  }

  // ---- Sections

  function showMatrix(choice, { pairs }) {
    const axis = new Set();
    const taken = pairs.filter((pair) => pair.counts.sided);
    for (const { holder, target } of taken) {
      for (const key of [holder, target]) if (axis.size < DATA.axis) axis.add(key);
    }
    const keys = [...axis];
    const found = new Map(pairs.map((pair) => [`${pair.holder},${pair.target}`, pair]));
    if (!keys.length) {
      $("matrix").replaceChildren(nothing("No stance takes a side here."));
      finding("matrix", "");
      return;
    }
    const head = element("tr", {}, element("th", { class: "corner", scope: "col" }, "holder ↓  target →"),
      ...keys.map((key) => element("th", { scope: "col", title: label(choice.level, key) }, element("span", {}, DATA.keys[choice.level][key][0]))));
    const body = keys.map((holder) => element("tr", {},
      element("th", { scope: "row", title: label(choice.level, holder) }, label(choice.level, holder)),
      ...keys.map((target) => {
        const pair = found.get(`${holder},${target}`);
        return pair ? element("td", {}, cell(choice, pair)) : element("td", { class: holder === target ? "self" : null });
      })));
    const drawn = element("table", { class: "matrix" },
      element("caption", { class: "hidden" }, "Net stance of each holder (rows) toward each target (columns)"),
      element("thead", {}, head), element("tbody", {}, ...body));
    drawn.querySelector("button").tabIndex = 0;
    $("matrix").replaceChildren(drawn);

    // By the end of the interval that is nearer to zero: a few stances are no record.
    const rated = taken.filter((pair) => pair.counts.enough);
    const [warm] = rated.filter((pair) => pair.counts.net > 0).sort((one, other) => other.counts.interval[0] - one.counts.interval[0]);
    const [cold] = rated.filter((pair) => pair.counts.net < 0).sort((one, other) => one.counts.interval[1] - other.counts.interval[1]);
    finding("matrix", [["Warmest", warm], ["coldest", cold]].filter(([, pair]) => pair)
      .map(([word, pair]) => `${word}: ${label(choice.level, pair.holder)} toward ${label(choice.level, pair.target)} (${signed(pair.counts.net)})`).join("; "));
  }

  function cell(choice, pair) {
    const { counts } = pair;
    const told = `${label(choice.level, pair.holder)} toward ${label(choice.level, pair.target)}. ${counts.told()}. Open the sentences.`;
    const side = counts.sign > 0 ? "supports" : counts.sign < 0 ? "opposes" : "";
    const classes = counts.enough ? `${side} ${counts.sure ? "sure" : ""}` : "few";
    const node = element("button", { type: "button", class: classes, tabindex: "-1", title: told, "aria-label": told, onclick: () => openPair(choice, pair) },
      counts.enough ? (Math.abs(counts.net) < 0.05 ? "0" : signed(counts.net, 1)) : "·");
    node.style.setProperty("--strength", `${Math.round(14 + 52 * Math.abs(counts.net))}%`);
    return node;
  }

  // Arrow keys, Home and End move within the matrix; Tab leaves it.
  $("matrix").addEventListener("keydown", (event) => {
    const here = event.target.closest("td");
    const steps = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0], Home: [0, -1], End: [0, 1] };
    if (!here || !(event.key in steps)) return;
    event.preventDefault();
    const rows = here.closest("tbody").rows;
    const [down, right] = steps[event.key];
    const far = event.key === "Home" || event.key === "End";
    let [row, column] = [here.parentElement.rowIndex - 1, here.cellIndex];
    let next = null;
    for (;;) {
      row += down;
      column += right;
      const there = rows[row]?.cells[column]?.querySelector("button");
      if (!rows[row] || column < 1 || column >= rows[row].cells.length) break;
      if (there) next = there;
      if (there && !far) break;
    }
    if (!next) return;
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });

  function showTime(choice, { pairs }) {
    const rated = pairs
      .map((pair) => ({ ...pair, points: [...pair.byPeriod].filter(([, counts]) => counts.enough).sort(([one], [other]) => one - other) }))
      .filter((pair) => pair.counts.sided && pair.points.length)
      .slice(0, PAIRS_OVER_TIME);
    const undated = !DATA.periods.starts.length;
    const empty = rated.length ? "" : undated ? "No article of this run has a date." : "Too few dated stances to show.";
    finding("time", "");
    fill("time", "time-table", empty, (host) => {
      while (host.children.length < rated.length) host.append(element("figure", {}, element("figcaption"), element("div")));
      [...host.children].forEach((figure, index) => {
        const pair = rated[index];
        figure.hidden = !pair;
        if (!pair) return;
        const name = `${label(choice.level, pair.holder)} → ${label(choice.level, pair.target)}`;
        figure.firstChild.replaceChildren(name, element("small", {}, `${many(pair.counts.sided, "stance")} on a side, ${many(pair.counts.articles, "article")}`));
        const rows = pair.points.map(([when, counts]) => ({
          time: DATA.periods.starts[when], net: counts.net, low: counts.interval[0], high: counts.interval[1],
          sign: counts.sign, told: `${period(when)}: ${counts.told()}`,
        }));
        draw(figure.lastChild, "time", rows, `Net stance over time, ${name}: ${rows.map((row) => row.told).join("; ")}`);
      });
      const changes = rated.filter((pair) => pair.points.length > 1).map((pair) => {
        const [[from, first], [to, last]] = [pair.points[0], pair.points.at(-1)];
        const apart = first.interval[1] < last.interval[0] || last.interval[1] < first.interval[0];
        return { pair, from, to, first, last, apart, by: Math.abs(last.net - first.net) };
      });
      const [change] = changes.filter((one) => one.apart).sort((one, other) => other.by - one.by);
      finding("time", change
        ? `${label(choice.level, change.pair.holder)} toward ${label(choice.level, change.pair.target)} went from ${signed(change.first.net)} (${period(change.from)}) to ${signed(change.last.net)} (${period(change.to)})`
        : "");
      table("time-table", "Net stance over time", [["pair"], [DATA.periods.unit], ...COUNTED],
        rated.flatMap((pair) => pair.points.map(([when, counts]) => [`${label(choice.level, pair.holder)} → ${label(choice.level, pair.target)}`, period(when), ...counted(counts)])));
    });
  }

  function showTargets(choice, { targets }) {
    const rows = [...targets]
      .filter(([, counts]) => counts.enough && counts.support && counts.oppose)
      .sort(([, one], [, other]) => Math.min(other.support, other.oppose) - Math.min(one.support, one.oppose) || other.sided - one.sided)
      .slice(0, TARGETS);
    finding("targets", rows.length
      ? `${label(choice.level, rows[0][0])} divides most: ${many(rows[0][1].support, "supporting stance")}, ${plain(rows[0][1].oppose)} opposing` : "");
    fill("targets", "targets-table", rows.length ? "" : "No target is both supported and opposed here.", (host) => {
      const bars = rows.flatMap(([key, counts], rank) => [
        { key, rank, name: label(choice.level, key), side: "support", count: counts.support, told: `${label(choice.level, key)}: ${counts.told()}` },
        { key, rank, name: label(choice.level, key), side: "oppose", count: -counts.oppose, told: `${label(choice.level, key)}: ${counts.told()}` },
      ]);
      draw(host, "targets", bars, `Most contested targets: ${rows.map(([key, counts]) => `${label(choice.level, key)}, ${counts.support} support, ${counts.oppose} oppose`).join("; ")}`,
        (datum) => { if (targets.has(datum.key)) openTarget(choice, datum.key, targets.get(datum.key)); });
      table("targets-table", "Contested targets", [["target"], ...COUNTED, ["sentences"]],
        rows.map(([key, counts]) => [label(choice.level, key), ...counted(counts),
          button("open", `Open the sentences toward ${label(choice.level, key)}`, () => openTarget(choice, key, counts))]));
    });
  }

  function showNetwork(choice, { pairs }) {
    const places = new Map(DATA.levels[choice.level].places.map(([key, x, y]) => [key, [MARGIN + x * (WIDTH - 2 * MARGIN), MARGIN / 2 + y * (HEIGHT - MARGIN)]]));
    const edges = pairs.filter((pair) => pair.counts.sided && pair.holder !== pair.target && places.has(pair.holder) && places.has(pair.target)).slice(0, EDGES);
    const weights = new Map();
    for (const { holder, target, counts } of edges) {
      for (const key of [holder, target]) weights.set(key, (weights.get(key) ?? 0) + counts.sided);
    }
    const most = Math.max(1, ...edges.map((edge) => edge.counts.sided)), heaviest = Math.max(1, ...weights.values());
    const radius = (key) => 5 + 9 * Math.sqrt(weights.get(key) / heaviest);
    const arrows = edges.map((pair, index) => {
      const [[x1, y1], [x2, y2]] = [places.get(pair.holder), places.get(pair.target)];
      const length = Math.hypot(x2 - x1, y2 - y1) || 1;
      const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
      // Two arrows between the same two run side by side.
      const [ox, oy] = [-dy * 4, dx * 4];
      const width = 1 + 4 * Math.sqrt(pair.counts.sided / most), tail = radius(pair.holder), head = radius(pair.target) + 4 + width;
      return {
        kind: "edge", index, x: x1 + dx * tail + ox, y: y1 + dy * tail + oy, x2: x2 - dx * head + ox, y2: y2 - dy * head + oy,
        hx: x2 - dx * (head - 3) + ox, hy: y2 - dy * (head - 3) + oy, angle: (Math.atan2(dy, dx) * 180) / Math.PI + 90,
        head: 40 + 26 * width, width, sign: pair.counts.sign, faint: pair.counts.enough && pair.counts.sure ? 0.95 : 0.45,
        told: `${label(choice.level, pair.holder)} toward ${label(choice.level, pair.target)}: ${pair.counts.told()}`,
      };
    });
    const nodes = [...weights.keys()].map((key) => ({
      kind: "node", x: places.get(key)[0], y: places.get(key)[1], top: places.get(key)[1] - radius(key) - 1, size: Math.PI * radius(key) ** 2,
      name: DATA.keys[choice.level][key][0], told: `${label(choice.level, key)}: in ${many(weights.get(key), "stance")} on a side`,
    }));
    const mutual = edges.filter((pair) => pair.holder < pair.target).flatMap((pair) => {
      const back = edges.find((other) => other.holder === pair.target && other.target === pair.holder);
      return back && back.counts.sign === pair.counts.sign && pair.counts.sign && pair.counts.enough && back.counts.enough ? [{ pair, sided: pair.counts.sided + back.counts.sided }] : [];
    }).sort((one, other) => other.sided - one.sided);
    const named = (sign) => mutual.filter(({ pair }) => pair.counts.sign === sign).slice(0, 2).map(({ pair }) => `${label(choice.level, pair.holder)} and ${label(choice.level, pair.target)}`).join("; ");
    finding("network", [[-1, "Against each other"], [1, "for each other"]].filter(([sign]) => named(sign)).map(([sign, text]) => `${text}: ${named(sign)}`).join("; "));
    fill("network", "network-table", edges.length ? "" : "No stance takes a side here.", (host) => {
      draw(host, "network", [...arrows, ...nodes], `Network of ${many(nodes.length, "node")} and ${many(edges.length, "arrow")}; the table below lists them.`,
        (datum) => { if (datum.kind === "edge") openPair(choice, edges[datum.index]); });
      table("network-table", "The arrows", [["holder"], ["target"], ...COUNTED, ["sentences"]], edges.map((pair) => [
        label(choice.level, pair.holder), label(choice.level, pair.target), ...counted(pair.counts),
        button("open", `Open the sentences of ${label(choice.level, pair.holder)} toward ${label(choice.level, pair.target)}`, () => openPair(choice, pair))]));
    });
  }

  function showOutlets(choice, { outlets }) {
    const rows = [...outlets].filter(([, counts]) => counts.enough).sort(([, one], [, other]) => other.net - one.net);
    const named = rows.filter(([index]) => index >= 0);
    const apart = named.length > 1 && named[0][1].interval[0] > named.at(-1)[1].interval[1];
    finding("outlets", apart
      ? `${outlet(named[0][0])} carries the warmest stances (${signed(named[0][1].net)}), ${outlet(named.at(-1)[0])} the coldest (${signed(named.at(-1)[1].net)})` : "");
    fill("outlets", "outlets-table", named.length ? "" : "The articles here do not tell their outlet.", (host) => {
      draw(host, "outlets", rows.map(([index, counts], rank) => ({
        name: outlet(index), net: counts.net, low: counts.interval[0], high: counts.interval[1], sign: counts.sign, rank, told: `${outlet(index)}: ${counts.told()}`,
      })), `Net stance by outlet: ${rows.map(([index, counts]) => `${outlet(index)} ${signed(counts.net)}`).join("; ")}`);
      table("outlets-table", "Outlets", [["outlet"], ...COUNTED], rows.map(([index, counts]) => [outlet(index), ...counted(counts)]));
    });
  }

  function showSentences(choice) {
    const words = $("words").value.trim().toLocaleLowerCase("en");
    const rows = sentences(choice, (_, __, row) => LABELS[row[9]] !== "neutral" && (!words || DATA.statements[row[0]][1].toLocaleLowerCase("en").includes(words)));
    $("found").textContent = rows.length ? `${many(rows.length, "sentence and stance", "sentences and stances")} on this page` : "No sentence on this page matches.";
    $("sentences").replaceChildren(...rows.slice(0, shown).map(quote));
    $("more").hidden = rows.length <= shown;
  }

  // ---- Controls

  function options(select, rows) {
    select.replaceChildren(...rows.map(([value, text]) => element("option", { value }, text)));
    select.disabled = rows.length < 2;
  }

  function names(level) {
    const cells = CELLS[level];
    const keys = new Set();
    for (let at = 0; at < cells.length; at += CELL) for (const key of [cells[at], cells[at + 1]]) if (key !== ANY) keys.add(key);
    $("actors").replaceChildren(...[...keys].map((key) => label(level, key)).sort((a, b) => a.localeCompare(b, "en")).map((name) => element("option", { value: name })));
  }

  function update() {
    const choice = chosen();
    const found = sums(choice);
    shown = PAGE;
    const { whole } = found;
    $("status").textContent = `${many(whole.decided + whole.unsure, "stance")} between ${choice.level}, ${plain(whole.sided)} on a side: ${plain(whole.support)} support, ${plain(whole.oppose)} oppose`;
    showMatrix(choice, found);
    showTime(choice, found);
    showTargets(choice, found);
    showNetwork(choice, found);
    showOutlets(choice, found);
    showSentences(choice);
  }

  // Calls `act` once typing pauses.
  function paused(act) {
    let waiting = 0;
    return () => { clearTimeout(waiting); waiting = setTimeout(act, 180); };
  }
  const updateSoon = paused(update);
  const searchSoon = paused(() => { shown = PAGE; showSentences(chosen()); });
  const starts = DATA.periods.starts.map((_, index) => [String(index), period(index)]);
  const where = [...new Set(DATA.articles.map((article) => article[6]))].includes(ANY);
  options(form.elements.from, [["", "start"], ...starts]);
  options(form.elements.to, [["", "end"], ...starts]);
  options(form.elements.outlet, [["", "all"], ...DATA.outlets.map(([name, articles], index) => [String(index), name, articles]).filter(([, , articles]) => articles), ...(where ? [[String(ANY), outlet(ANY)]] : [])]);
  for (const node of document.querySelectorAll("[data-unit]")) node.textContent = DATA.periods.unit;
  names("countries");
  $("unsure").replaceChildren(...DATA.unsure.slice(0, PAGE).map(quote));

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    if (event.target.name === "level") {
      form.elements.actor.value = "";
      names(form.elements.level.value);
    }
    updateSoon();
  });
  form.addEventListener("reset", () => setTimeout(() => { names("countries"); update(); }));
  $("words").addEventListener("input", searchSoon);
  $("more").addEventListener("click", () => { shown += PAGE; showSentences(chosen()); });
  $("close").addEventListener("click", () => $("evidence").close());
  $("evidence").addEventListener("click", (event) => { if (event.target === $("evidence")) $("evidence").close(); });
  update();
})();
