/* Draws the ranked sites and the grid around them, for a page of its own and for the app alike.
   What no scenario moves (`data.still`) is drawn once; `update` takes the sites anew. */
function rewattMap(map, data, host) {
  "use strict";
  const node = map.getContainer();
  node.setAttribute("role", "region");
  node.setAttribute("aria-labelledby", "title");
  const { element, box, button } = Rewatt;
  Rewatt.darkColours = data.still.dark;
  Rewatt.dark = host.dark;
  map.attributionControl.setPrefix(false);

  const pane = (name, z, quiet) => {
    const one = map.createPane(name);
    one.style.zIndex = z;
    if (quiet) { one.style.pointerEvents = "none"; }
    return name;
  };
  const canvas = (name, z) => new Rewatt.ColumnCanvas({ pane: pane(name, z, true) }).addTo(map);
  const below = canvas("ground", 250), lines = canvas("lines", 410), points = canvas("points", 430);
  const top = L.canvas({ pane: pane("sites", 450), padding: 0.3, tolerance: 3 });
  const ground = new Rewatt.Ground(data.still.ground);
  below.put(ground);

  /* What is said below the map: what a tool waits for, else what is hidden at this zoom. */
  const status = document.getElementById("status");
  let asked = "", failed = "";
  const classes = data.still.classes.map((spec, order) => new Rewatt.Class(
    spec, order, spec.kind === "paths" ? lines : points,
    { bring: host.bring, failed: (title) => { failed = `${title}: a part could not be loaded; move the map to try again.`; speak(); } },
  ));
  const speak = () => { status.textContent = asked || failed || Rewatt.hidden(map, classes); };
  const say = (words) => { asked = words; speak(); };

  const sites = new Rewatt.Sites(map, top, lines, () => Boolean(tools.active), (id) => { choose(id); });
  const choose = (id) => {
    if (!host.tools.site) { return; }
    if (id !== sites.selected) { sites.mark(id); view.focus = id; keep(); }
    host.tell({ type: "site", id });
  };
  const roomy = map.getSize().x >= 700 && map.getSize().y >= 650;
  const control = L.control.layers(null, null, { collapsed: !roomy });
  const overlays = {};
  const put = (title, layer) => { overlays[title] = layer; layer.addTo(map); };
  classes.forEach((one) => put(one.spec.title, one));
  put("POI tie-lines", sites.ties);
  put("Sites", sites.group);
  box(map, "topleft", () => sites.list());
  const offer = () => {
    Object.entries(overlays).forEach(([title, layer]) => {
      const count = layer.spec ? layer.spec.count : layer.getLayers().length;
      control.removeLayer(layer);
      if (count) { control.addOverlay(layer, `${title} (${count.toLocaleString("en-US")})`); }
    });
  };
  control.addTo(map);
  control.getContainer().setAttribute("role", "group");
  control.getContainer().setAttribute("aria-label", "Layers");

  const legend = element("details", undefined, "rw-legend");
  legend.open = roomy;
  const explain = (shown) => {
    legend.replaceChildren(element("summary", shown.legend.title));
    [...shown.legend.rows, ...data.still.legend, ...shown.ownLegend].forEach(([style, text]) => {
      const row = element("div"), mark = element("i");
      Object.entries(style).forEach(([key, value]) => mark.style.setProperty(key, String(value).replace(/#[0-9a-f]{3,6}/g, Rewatt.tint)));
      row.append(mark, document.createTextNode(text));
      legend.append(row);
    });
  };
  box(map, "bottomright", () => legend);

  let shown = data;
  const aside = () => (roomy && map.getSize().x > 1100 ? control.getContainer().offsetWidth : 25);
  const home = () => map.fitBounds(shown.bounds, { paddingTopLeft: [25, 25], paddingBottomRight: [aside(), 25], maxZoom: 9, animate: false });
  button(map, "M2 8l6-6 6 6M4 7v7h8V7", "Back to the whole selection", home);
  button(map, "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", "Full screen", () => {
    if (document.fullscreenElement) { document.exitFullscreen(); } else { document.documentElement.requestFullscreen(); }
  });

  /* a frame around the map for those who came by the keyboard, and not after every click */
  const root = document.documentElement;
  document.addEventListener("keyup", (event) => { if (event.key === "Tab") { root.dataset.keys = ""; } });
  document.addEventListener("pointerdown", () => { delete root.dataset.keys; });

  /* on a small map a card needs the room of the buttons, see the style */
  const reading = (on) => () => map.getContainer().classList.toggle("rw-reading", on);
  map.on("popupopen", reading(true)).on("popupclose", reading(false));

  const tools = new Rewatt.Tools(map, say);
  tools.add("M1 11L11 1l4 4L5 15zM4 8l2 2M7 5l2 2M10 2l2 2", "Measure: click points, click here again to end", Rewatt.measure(map));
  if (host.tools.point) { tools.add("M8 15C4 10 3 8 3 6a5 5 0 0110 0c0 2-1 4-5 9zM8 4v4M6 6h4", "Add a point here", Rewatt.point(host.tell)); }
  const frames = L.layerGroup().addTo(map);
  let clear = null;
  const outline = () => {
    frames.clearLayers();
    const style = { renderer: top, color: Rewatt.dark ? "#eee" : "#333", weight: 1.5, dashArray: "6 5", fill: false, interactive: false };
    if (shown.box) { L.rectangle([[shown.box[1], shown.box[0]], [shown.box[3], shown.box[2]]], style).addTo(frames); }
    if (shown.area) { L.polygon(shown.area.map(([lon, lat]) => [lat, lon]), { ...style, weight: 2.5 }).addTo(frames); }
    if (clear) { clear.parentElement.hidden = !shown.area; }
  };
  const drawn = (path) => {
    shown = { ...shown, area: Rewatt.ring(path) };
    outline();
    host.tell({ type: "area", ring: shown.area });
  };
  if (host.tools.area) {
    tools.add("M2 3h12v10H2z", "Draw a box: only sites inside", Rewatt.rectangle(drawn));
    tools.add("M2 6l6-4 6 5-3 7-7-1z", "Draw an area: only sites inside", Rewatt.polygon(drawn));
    clear = button(map, "M3 3l10 10M13 3L3 13", "Take the drawn area away", () => {
      shown = { ...shown, area: null };
      outline();
      host.tell({ type: "area", ring: null });
    });
  }
  Rewatt.pick(map, [points, lines], () => Boolean(tools.active));

  /* The view is kept for the browser session: through new pages, reloads and other data. */
  const recall = () => (shown.keep ? JSON.parse(sessionStorage.getItem(shown.keep) || "null") : null);
  /* filters move the bounds of the sites, and are no reason to move the map */
  const sought = () => JSON.stringify([shown.box, shown.follows && shown.sites.map((site) => site.id).sort()]);
  const region = () => JSON.stringify([sought(), shown.area]);
  const view = { focus: null };
  let ready = false;
  const keep = () => {
    if (!shown.keep || !ready) { return; }
    sessionStorage.setItem(shown.keep, JSON.stringify({
      centre: map.getCenter(), zoom: map.getZoom(), focus: view.focus, base: view.base, region: region(), legend: legend.open,
      shown: Object.fromEntries(Object.entries(overlays).map(([title, layer]) => [title, map.hasLayer(layer)])),
    }));
  };

  const draw = (next) => {
    const before = ready ? sought() : null;
    shown = next;
    sites.update(shown);
    explain(shown);
    outline();
    offer();
    if (before !== null && before !== sought()) { home(); }
    if (ready && shown.selected !== undefined && shown.selected !== sites.selected) {
      sites.mark(shown.selected);
      if (view.focus !== shown.selected) { view.focus = shown.selected; sites.go(shown.selected); }
    }
    keep();
  };
  const repaint = () => {
    document.documentElement.dataset.theme = Rewatt.dark ? "dark" : "light";
    sites.restyle();
    explain(shown);
    outline();
    [below, lines, points].forEach((one) => one.ask());
  };

  home();
  draw(data);
  repaint();
  const saved = recall();
  if (saved && saved.region === region()) { map.setView(saved.centre, saved.zoom, { animate: false }); }
  if (saved) {
    Object.entries(overlays).forEach(([title, layer]) => {
      if (title in saved.shown) { map[saved.shown[title] ? "addLayer" : "removeLayer"](layer); }
    });
    Object.assign(view, { focus: saved.focus, base: saved.base });
    legend.open = saved.legend;
  }
  ready = true;
  if (shown.selected) {
    sites.mark(shown.selected);
    if (view.focus !== shown.selected) { view.focus = shown.selected; sites.go(shown.selected); }
  }
  map.on("moveend overlayadd overlayremove", () => { keep(); speak(); });
  map.on("baselayerchange", (event) => {
    view.base = event.name;
    ground.names = event.name === "Outlines alone";
    below.ask();
    keep();
  });
  legend.addEventListener("toggle", keep);
  new ResizeObserver(() => {
    const size = map.getSize();
    if (node.clientWidth === size.x && node.clientHeight === size.y) { return; }
    const centre = map.getCenter();
    map.invalidateSize({ pan: false });
    map.setView(centre, map.getZoom(), { animate: false, reset: true });
  }).observe(node);
  keep();
  speak();
  Rewatt.basemaps(map, data.basemaps, control, view.base);
  map.on("layeradd", (event) => { if (event.layer instanceof L.TileLayer) { ground.names = false; below.ask(); } });
  map.attributionControl.addAttribution(data.still.attribution);
  return {
    map, update: draw,
    darken(dark) { if (dark !== Rewatt.dark) { Rewatt.dark = dark; repaint(); } },
    remove() { map.remove(); },
  };
}
